#pragma once

#include <cstdint>
#include <string>

#include "core/result.hpp"
#include "core/task.hpp"
#include "marketplace/caller.hpp"
#include "marketplace/orders_page.hpp"
#include "marketplace/orders_query.hpp"

namespace cdiscount::marketplace {

/// Reads orders. No call has an effect, so each may be repeated. Errors of all of them: kUnauthenticated (the token),
/// kPermissionDenied (not linked to the seller), kThrottled (with `retry_after` when one was named), kInvalidArgument,
/// kNotFound, kConflict, kUnavailable, kDeadlineExceeded, kUnreadable (a success whose body is something else: a page
/// of HTML, nothing, another JSON), kCancelled. Network thread. The caller keeps what is passed by reference alive
/// while it waits.
class OrdersApi {
 public:
  virtual ~OrdersApi() = default;

  /// A page, asked for in ascending order of `updatedAt`; whether it is sorted is for the caller to check.
  /// kUnreadable: no list of orders begins in the answer.
  virtual Task<Result<ObservedPage>> List(const Caller& caller, const OrdersQuery& query) = 0;

  /// One order. kUnreadable: the answer is none.
  virtual Task<Result<ObservedAnswer>> Get(const Caller& caller, const std::string& order_id) = 0;

  /// How many orders List would show on all its pages.
  virtual Task<Result<std::int64_t>> Count(const Caller& caller, const OrdersQuery& query) = 0;
};

}  // namespace cdiscount::marketplace
