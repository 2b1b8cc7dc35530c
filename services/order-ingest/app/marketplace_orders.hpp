#pragma once

#include <string>

#include "app/fingerprints.hpp"
#include "app/order_source.hpp"
#include "marketplace/access_tokens.hpp"
#include "marketplace/orders_api.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::order_ingest {

/// The OrderSource behind the marketplace's API: gives each call a token, turns answers into orders. Network thread.
class MarketplaceOrders final : public OrderSource {
 public:
  MarketplaceOrders(marketplace::OrdersApi& api, marketplace::AccessTokens& tokens, const Fingerprints& fingerprints);

  Task<Result<OrderPage>> FetchPage(SellerRef seller, PageRequest request) override;
  Task<Result<IncomingOrder>> FetchOrder(SellerRef seller, OrderId order) override;
  Task<Result<std::int64_t>> Count(SellerRef seller, SysTime updated_min, SysTime updated_max) override;

 private:
  OrderPage PageFrom(marketplace::OrdersPage answer, const SellerRef& seller);
  void Warn(const SellerRef& seller, const std::vector<std::string>& warnings);

  marketplace::OrdersApi& api_;
  marketplace::AccessTokens& tokens_;
  const Fingerprints& fingerprints_;
  log::Limited oddities_;
};

}  // namespace cdiscount::order_ingest
