#include "rpc/credentials.hpp"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "rpc/peer_owner.hpp"

namespace cdiscount::rpc::detail {

namespace tls_api = grpc::experimental;

std::shared_ptr<grpc::ServerCredentials> ServerCredentialsOf(const TlsFiles* tls,
                                                             std::shared_ptr<grpc::AuthMetadataProcessor> gate) {
  std::shared_ptr<grpc::ServerCredentials> credentials;
  if (tls != nullptr) {
    tls_api::TlsServerCredentialsOptions options(tls->Provider());
    options.watch_root_certs();
    options.watch_identity_key_cert_pairs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    credentials = tls_api::TlsServerCredentials(options);
  } else {
    // Plain text, but unlike "insecure" ones they ask the gate.
    credentials = tls_api::LocalServerCredentials(LOCAL_TCP);
  }
  credentials->SetAuthMetadataProcessor(gate);
  return credentials;
}

std::shared_ptr<grpc::ChannelCredentials> ChannelCredentialsOf(const TlsFiles* tls, const ChannelOptions& options) {
  if (tls == nullptr) {
    return grpc::CompositeChannelCredentials(tls_api::LocalCredentials(LOCAL_TCP), OnlyToOurServices(options));
  }
  tls_api::TlsChannelCredentialsOptions given;
  given.set_certificate_provider(tls->Provider());
  given.watch_root_certs();
  given.watch_identity_key_cert_pairs();
  return tls_api::TlsCredentials(given);
}

}  // namespace cdiscount::rpc::detail
