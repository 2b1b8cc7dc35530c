#include "adapters/sealing.hpp"

#include <fmt/format.h>

namespace cdiscount::auth {
namespace {

std::string SecretRow(const ClientId& client, std::int64_t revision) {
  return fmt::format("auth/client/{}/secret/{}", client.value(), revision);
}

std::string TokenRow(const ClientId& client, std::string_view fingerprint) {
  return fmt::format("auth/client/{}/token/{}", client.value(), fingerprint);
}

}  // namespace

std::string SealClientSecret(const crypto::SealedBox& box, const Credentials& credentials, std::int64_t revision) {
  return box.Seal(credentials.client_secret, SecretRow(credentials.client_id, revision));
}

Result<Secret> OpenClientSecret(const crypto::SealedBox& box, std::string_view sealed, const ClientId& client,
                                std::int64_t revision) {
  auto opened = box.OpenSecret(sealed, SecretRow(client, revision));
  if (opened) return opened;
  return Error{
      .code = ErrorCode::kInternal,
      .message = fmt::format("The kept client secret of client id \"{}\" cannot be decrypted: {} Put the key that it "
                             "was sealed with back into the key file, or give the account its credentials again.",
                             client.value(), opened.error().message)};
}

std::string SealToken(const crypto::SealedBox& box, const Secret& token, const ClientId& client,
                      std::string_view fingerprint) {
  return box.Seal(token, TokenRow(client, fingerprint));
}

Result<Secret> OpenToken(const crypto::SealedBox& box, std::string_view sealed, const ClientId& client,
                         std::string_view fingerprint) {
  return box.OpenSecret(sealed, TokenRow(client, fingerprint));
}

}  // namespace cdiscount::auth
