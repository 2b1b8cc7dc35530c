#pragma once

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <optional>

#include "core/result.hpp"
#include "rpc/server.hpp"

namespace cdiscount::rpc::detail {

/// Plain text without `tls`. Fail with kInvalidArgument when a file cannot be read; the message names it.
Result<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsOf(const std::optional<MutualTls>& tls);
Result<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentialsOf(const std::optional<MutualTls>& tls);

}  // namespace cdiscount::rpc::detail
