#pragma once

#include <cstdint>
#include <string>

#include "marketplace/access_tokens.hpp"
#include "marketplace/orders_api.hpp"

namespace cdiscount::marketplace {

/// An OrdersApi whose callers need no token: each call goes out with that of its account, which is renewed once when
/// the marketplace refuses it. A coroutine that was told to end makes no further call (kCancelled). Errors as `api`'s
/// and those of `tokens`. Network thread.
class AuthorisedOrders final : public OrdersApi {
 public:
  /// Both outlive this object.
  AuthorisedOrders(OrdersApi& api, AccessTokens& tokens) : api_(api), tokens_(tokens) {}

  Task<Result<ObservedPage>> List(const Caller& caller, const OrdersQuery& query) override;
  Task<Result<ObservedAnswer>> Get(const Caller& caller, const std::string& order_id) override;
  Task<Result<std::int64_t>> Count(const Caller& caller, const OrdersQuery& query) override;

 private:
  OrdersApi& api_;
  AccessTokens& tokens_;
};

}  // namespace cdiscount::marketplace
