#pragma once

#include <grpcpp/security/auth_metadata_processor.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <optional>

#include "core/result.hpp"
#include "rpc/server.hpp"

namespace cdiscount::rpc::detail {

/// Plain text without `tls`; that of a server is for 127.0.0.1 and ::1 only. Fail with kInvalidArgument when a file
/// cannot be read or the key is not that of the certificate; the message names it. The gate is asked before each call.
Result<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsOf(const std::optional<MutualTls>& tls,
                                                                     std::shared_ptr<grpc::AuthMetadataProcessor> gate);
Result<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentialsOf(const std::optional<MutualTls>& tls);

}  // namespace cdiscount::rpc::detail
