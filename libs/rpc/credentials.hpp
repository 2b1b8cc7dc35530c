#pragma once

#include <grpcpp/security/auth_metadata_processor.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "rpc/channel.hpp"
#include "rpc/tls_files.hpp"

namespace cdiscount::rpc::detail {

/// Plain text without `tls`, for 127.0.0.1 and ::1 only. The gate is asked before each call.
std::shared_ptr<grpc::ServerCredentials> ServerCredentialsOf(const TlsFiles* tls,
                                                             std::shared_ptr<grpc::AuthMetadataProcessor> gate);
/// Plain text without `tls`, to services of ours on this machine only (rpc/peer_owner.hpp).
std::shared_ptr<grpc::ChannelCredentials> ChannelCredentialsOf(const TlsFiles* tls, const ChannelOptions& options);

}  // namespace cdiscount::rpc::detail
