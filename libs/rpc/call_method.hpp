#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>

#include "rpc/client.hpp"

namespace cdiscount::rpc {

/// Calls a method that is known by its descriptor alone: no generated stub is needed. Gives a message of the method's
/// output type; otherwise as Client::Call. `request` must be of its input type. Generated messages only.
Task<Result<std::shared_ptr<google::protobuf::Message>>> CallMethod(
    Channel& channel, const google::protobuf::MethodDescriptor& method,
    std::shared_ptr<const google::protobuf::Message> request, CallOptions options = {});

}  // namespace cdiscount::rpc
