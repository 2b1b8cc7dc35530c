#include "adapters/octopia_seller_probe.hpp"

#include "adapters/marketplace_errors.hpp"

namespace cdiscount::auth {

Task<Result<SellerFacts>> OctopiaSellerProbe::Look(GivenToken token) {
  const marketplace::Caller caller{.seller_id = token.seller_id.value(),
                                   .sales_channel = token.sales_channel_id.value(),
                                   .access_token = token.token.value};
  auto seller = co_await api_.GetSeller(caller);
  if (!seller) co_return AsPortError(seller.error(), true);
  co_return SellerFacts{.shop_name = std::move(seller->shop_name),
                        .state = std::move(seller->seller_state),
                        .sub_state = std::move(seller->seller_sub_state),
                        .subscription_step = std::move(seller->subscription_step),
                        .auto_accept_orders = seller->auto_accept_order};
}

}  // namespace cdiscount::auth
