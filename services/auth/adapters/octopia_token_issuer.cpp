#include "adapters/octopia_token_issuer.hpp"

#include "adapters/marketplace_errors.hpp"
#include "crypto/digest.hpp"

namespace cdiscount::auth {

Task<Result<IssuedToken>> OctopiaTokenIssuer::Issue(Credentials credentials) {
  auto issued = co_await api_.RequestToken(credentials.client_id.value(), credentials.client_secret);
  if (issued) {
    log::Info("token_issued", {{"client_id", credentials.client_id}, {"expires_in_s", issued->expires_in.count()}});
    auto fingerprint = crypto::TokenFingerprint(issued->token);
    co_return IssuedToken{std::move(issued->token), std::move(fingerprint), issued->expires_in};
  }
  auto error = AsPortError(issued.error(), false);
  failures_.Warn("token_request_failed",
                 {{"client_id", credentials.client_id}, {"code", ToString(error.code)}, {"message", error.message}});
  co_return error;
}

}  // namespace cdiscount::auth
