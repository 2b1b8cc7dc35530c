#include "http/tls_context.hpp"

#include <openssl/ssl.h>

namespace cdiscount::http::detail {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

std::unique_ptr<ssl::context> MakeContext(ssl::context::method method) {
  auto context = std::make_unique<ssl::context>(method);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_compression);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  return context;
}

Error CannotRead(std::string_view what, const std::string& file, const error_code& error) {
  return {ErrorCode::kInvalidArgument, "the " + std::string(what) + " " + file + " cannot be used: " + error.message() +
                                           "; give a readable PEM file"};
}

}  // namespace

Result<std::unique_ptr<ssl::context>> MakeClientContext(const std::string& ca_file) {
  auto context = MakeContext(ssl::context::tls_client);
  error_code error;
  if (ca_file.empty()) {
    if (context->set_default_verify_paths(error)) return CannotRead("system's trust store", "of OpenSSL", error);
  } else {
    if (context->load_verify_file(ca_file, error)) return CannotRead("CA file", ca_file, error);
  }
  return context;
}

Result<std::unique_ptr<ssl::context>> MakeServerContext(const ServerTls& files) {
  auto context = MakeContext(ssl::context::tls_server);
  // OpenSSL would ask for the password of an encrypted key on the terminal.
  SSL_CTX_set_default_passwd_cb(context->native_handle(), [](char*, int, int, void*) { return 0; });
  error_code error;
  if (context->use_certificate_chain_file(files.certificate_chain_file, error))
    return CannotRead("certificate chain", files.certificate_chain_file, error);
  if (context->use_private_key_file(files.private_key_file, ssl::context::pem, error))
    return CannotRead("private key", files.private_key_file, error);
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return Error{ErrorCode::kInvalidArgument, "the private key " + files.private_key_file +
                                                  " does not belong to the certificate " +
                                                  files.certificate_chain_file};
  }
  return context;
}

}  // namespace cdiscount::http::detail
