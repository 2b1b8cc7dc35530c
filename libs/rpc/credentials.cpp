#include "rpc/credentials.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace cdiscount::rpc::detail {
namespace {

struct Pem {
  std::string certificate_chain, private_key, peer_ca;
};

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

Result<Pem> Read(const MutualTls& tls) {
  auto chain = Read(tls.certificate_chain_file, "certificate chain");
  if (!chain) return chain.error();
  auto key = Read(tls.private_key_file, "private key");
  if (!key) return key.error();
  auto ca = Read(tls.peer_ca_file, "CA of the other side");
  if (!ca) return ca.error();
  return Pem{*std::move(chain), *std::move(key), *std::move(ca)};
}

}  // namespace

Result<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsOf(const std::optional<MutualTls>& tls) {
  if (!tls) return grpc::InsecureServerCredentials();
  const auto pem = Read(*tls);
  if (!pem) return pem.error();
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = pem->peer_ca;
  options.pem_key_cert_pairs.push_back({pem->private_key, pem->certificate_chain});
  return grpc::SslServerCredentials(options);
}

Result<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentialsOf(const std::optional<MutualTls>& tls) {
  if (!tls) return grpc::InsecureChannelCredentials();
  const auto pem = Read(*tls);
  if (!pem) return pem.error();
  return grpc::SslCredentials({pem->peer_ca, pem->private_key, pem->certificate_chain});
}

}  // namespace cdiscount::rpc::detail
