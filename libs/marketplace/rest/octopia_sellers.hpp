#pragma once

#include "http/client.hpp"
#include "marketplace/rest/octopia_options.hpp"
#include "marketplace/seller_api.hpp"

namespace cdiscount::marketplace {

/// Seller facts over the Octopia REST API V2; docs/marketplace.md#sellers.
class OctopiaSellers final : public SellerApi {
 public:
  /// `client` outlives this object.
  OctopiaSellers(http::Client& client, OctopiaOptions options);

  Task<Result<SellerDto>> GetSeller(const Caller& caller) override;

 private:
  http::Client& client_;
  OctopiaOptions options_;
};

}  // namespace cdiscount::marketplace
