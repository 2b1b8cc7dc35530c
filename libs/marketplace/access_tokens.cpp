#include "marketplace/access_tokens.hpp"

#include "crypto/digest.hpp"

namespace cdiscount::marketplace {

AccessToken AccessToken::Of(Secret token) {
  auto fingerprint = crypto::TokenFingerprint(token);
  return {std::move(token), std::move(fingerprint)};
}

}  // namespace cdiscount::marketplace
