#pragma once

#include <string>
#include <vector>

#include "http/client.hpp"
#include "marketplace/orders_api.hpp"
#include "marketplace/rest/octopia_options.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::marketplace {

/// Orders over the Octopia REST API V2; docs/marketplace.md#orders. Logs what is odd in an answer.
class OctopiaOrders final : public OrdersApi {
 public:
  /// `client` outlives this object.
  OctopiaOrders(http::Client& client, OctopiaOptions options);

  Task<Result<ObservedPage>> List(const Caller& caller, const OrdersQuery& query) override;
  Task<Result<ObservedAnswer>> Get(const Caller& caller, const std::string& order_id) override;
  Task<Result<std::int64_t>> Count(const Caller& caller, const OrdersQuery& query) override;

 private:
  void Warn(const Caller& caller, const std::vector<std::string>& warnings);

  http::Client& client_;
  OctopiaOptions options_;
  log::Limited oddities_;
};

}  // namespace cdiscount::marketplace
