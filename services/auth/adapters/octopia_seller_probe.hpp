#pragma once

#include "app/ports.hpp"
#include "marketplace/seller_api.hpp"

namespace cdiscount::auth {

/// Who a seller is, from the Octopia REST API. Network thread.
class OctopiaSellerProbe final : public SellerProbe {
 public:
  /// `api` must outlive this object.
  explicit OctopiaSellerProbe(marketplace::SellerApi& api) : api_(api) {}

  Task<Result<SellerFacts>> Look(GivenToken token) override;

 private:
  marketplace::SellerApi& api_;
};

}  // namespace cdiscount::auth
