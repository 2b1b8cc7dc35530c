#pragma once

#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/auth_metadata_processor.h>

#include <memory>
#include <string>

#include "core/secret.hpp"
#include "rpc/access.hpp"

namespace cdiscount::rpc::detail {

/// The token that a server in plain text asks for.
struct ServerToken {
  Secret value;
  std::string file;  ///< For the message to a caller without it.
};

/// Asked by gRPC before any handler runs, also one of gRPC's own services. Thread-safe.
std::shared_ptr<grpc::AuthMetadataProcessor> MakeGate(Access access, ServerToken token);

/// The caller of a call that the gate let pass; the token was checked then.
Caller CallerOf(const grpc::AuthContext& connection);

}  // namespace cdiscount::rpc::detail
