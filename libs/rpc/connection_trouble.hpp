#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

namespace cdiscount::rpc {

/// True when a call failed because no connection could be made: nothing of it was sent.
bool NeverConnected(const grpc::Status& status);

/// Explains the text of gRPC 1.51 for a connection that failed, and names the place to look: the name, the port, TLS,
/// the certificates. Other texts are given back as they are.
std::string ConnectionTrouble(std::string_view grpc_message);

}  // namespace cdiscount::rpc
