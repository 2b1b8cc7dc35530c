#include "rpc/credentials.hpp"

#include <fmt/format.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

namespace cdiscount::rpc::detail {
namespace {

namespace tls = grpc::experimental;

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;

Result<std::string> Read(const std::string& path, std::string_view what) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().find("-----BEGIN ") == std::string::npos) {
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format("{} \"{}\" is not a readable PEM file; mutual TLS needs a certificate chain, its key and the "
                    "CA of the other side",
                    what, path)};
  }
  return text.str();
}

/// gRPC would find out only when somebody connects.
Status CheckPair(const std::string& chain, const std::string& key, const MutualTls& files) {
  const Bio chain_bio(BIO_new_mem_buf(chain.data(), static_cast<int>(chain.size())));
  const Bio key_bio(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())));
  const Certificate own(PEM_read_bio_X509(chain_bio.get(), nullptr, nullptr, nullptr));
  const Key private_key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  const bool fits = own && private_key && X509_check_private_key(own.get(), private_key.get()) == 1;
  ERR_clear_error();
  if (fits) return Ok();
  return Error{ErrorCode::kInvalidArgument, fmt::format("private key \"{}\" is not the key of certificate \"{}\"",
                                                        files.private_key_file, files.certificate_chain_file)};
}

Status Check(const MutualTls& files) {
  const auto chain = Read(files.certificate_chain_file, "certificate chain");
  if (!chain) return chain.error();
  const auto key = Read(files.private_key_file, "private key");
  if (!key) return key.error();
  const auto ca = Read(files.peer_ca_file, "CA of the other side");
  if (!ca) return ca.error();
  return CheckPair(*chain, *key, files);
}

void Watch(tls::TlsCredentialsOptions& options) {
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
}

std::shared_ptr<tls::CertificateProviderInterface> ProviderOf(const MutualTls& files) {
  return std::make_shared<tls::FileWatcherCertificateProvider>(files.private_key_file, files.certificate_chain_file,
                                                               files.peer_ca_file,
                                                               static_cast<unsigned>(files.read_again.count()));
}

}  // namespace

Result<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsOf(
    const std::optional<MutualTls>& tls, std::shared_ptr<grpc::AuthMetadataProcessor> gate) {
  std::shared_ptr<grpc::ServerCredentials> credentials;
  if (tls) {
    if (const auto usable = Check(*tls); !usable) return usable.error();
    tls::TlsServerCredentialsOptions options(ProviderOf(*tls));
    Watch(options);
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    credentials = tls::TlsServerCredentials(options);
  } else {
    credentials = tls::LocalServerCredentials(LOCAL_TCP);  // plain text, but unlike "insecure" ones they ask the gate
  }
  credentials->SetAuthMetadataProcessor(gate);
  return credentials;
}

Result<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentialsOf(const std::optional<MutualTls>& tls) {
  if (!tls) return grpc::InsecureChannelCredentials();
  if (const auto usable = Check(*tls); !usable) return usable.error();
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(ProviderOf(*tls));
  Watch(options);
  return tls::TlsCredentials(options);
}

}  // namespace cdiscount::rpc::detail
