#pragma once

#include "http/client.hpp"
#include "marketplace/orders_api.hpp"
#include "marketplace/rest/octopia_options.hpp"

namespace cdiscount::marketplace {

/// Orders over the Octopia REST API V2; octopia-rest-v2.md, 3.
class OctopiaOrders final : public OrdersApi {
 public:
  /// `client` outlives this object.
  OctopiaOrders(http::Client& client, OctopiaOptions options);

  Task<Result<OrdersPage>> List(const Caller& caller, const OrdersQuery& query) override;
  Task<Result<OrderAnswer>> Get(const Caller& caller, const std::string& order_id) override;
  Task<Result<std::int64_t>> Count(const Caller& caller, const OrdersQuery& query) override;

 private:
  http::Client& client_;
  OctopiaOptions options_;
};

}  // namespace cdiscount::marketplace
