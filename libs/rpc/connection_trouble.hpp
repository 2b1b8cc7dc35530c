#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

namespace cdiscount::rpc {

/// True when a call failed because no connection could be made: nothing of it was sent.
bool NeverConnected(const grpc::Status& status);

/// What gRPC 1.51 says about a connection that failed, in words with what to look at: the name, the port, TLS, the
/// certificates. Other texts are given back as they are.
std::string ConnectionTrouble(std::string_view grpc_message);

}  // namespace cdiscount::rpc
