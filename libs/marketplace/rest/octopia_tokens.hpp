#pragma once

#include "http/client.hpp"
#include "marketplace/rest/octopia_options.hpp"
#include "marketplace/token_api.hpp"

namespace cdiscount::marketplace {

/// Tokens from the realm that guards the Octopia REST API V2; docs/marketplace.md#tokens.
class OctopiaTokens final : public TokenApi {
 public:
  /// `client` outlives this object.
  OctopiaTokens(http::Client& client, OctopiaOptions options);

  Task<Result<IssuedToken>> RequestToken(std::string client_id, Secret client_secret) override;

 private:
  http::Client& client_;
  OctopiaOptions options_;
};

}  // namespace cdiscount::marketplace
