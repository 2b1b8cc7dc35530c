#pragma once

#include "app/ports.hpp"
#include "marketplace/token_api.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::auth {

/// Tokens from the realm of the Octopia REST API. Network thread.
class OctopiaTokenIssuer final : public TokenIssuer {
 public:
  /// `api` must outlive this object.
  explicit OctopiaTokenIssuer(marketplace::TokenApi& api) : api_(api) {}

  Task<Result<IssuedToken>> Issue(Credentials credentials) override;

 private:
  marketplace::TokenApi& api_;
  log::Limited failures_;
};

}  // namespace cdiscount::auth
