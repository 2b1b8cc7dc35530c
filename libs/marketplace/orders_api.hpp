#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"
#include "marketplace/caller.hpp"
#include "marketplace/orders_page.hpp"
#include "marketplace/types.hpp"

namespace cdiscount::marketplace {

/// Which orders. Both ends of a window are asked for inclusively, but the marketplace does not promise that
/// (octopia-rest-v2.md, section 9, row 13).
struct OrdersQuery {
  std::optional<SysTime> updated_at_min = std::nullopt;
  std::optional<SysTime> updated_at_max = std::nullopt;
  int page_index = 1;   ///< From 1. Not for Count.
  int page_size = 100;  ///< 1 to 100. Not for Count.

  friend bool operator==(const OrdersQuery&, const OrdersQuery&) = default;
};

struct OrdersPage {
  std::vector<OrderDto> orders;            ///< Those that could be read, in the order of the page.
  std::vector<Pii> raw;                    ///< Of each of `orders`, as it came: JSON with personal data.
  std::vector<UnreadableItem> unreadable;  ///< The others.
  std::size_t item_count = 0;              ///< Both together.
  /// The list breaks: it ends too early, or an order behind the last of these breaks its brackets. What stands before
  /// the break was read, and `rest` is the text from there on, JSON with personal data.
  bool cut = false;
  Pii rest;
  std::optional<SysTime> server_time;  ///< The marketplace's clock when it answered (`Date`).
  /// What was odd and left out, for the log: "order 2610061530ABCDE: lines[0].quantity ...". A bounded number.
  std::vector<std::string> warnings;
};

struct OrderAnswer {
  OrderDto order;
  Pii raw;  ///< As it came: JSON with personal data.
  std::optional<SysTime> server_time;
  std::vector<std::string> warnings;
};

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
  virtual Task<Result<OrdersPage>> List(const Caller& caller, const OrdersQuery& query) = 0;

  /// One order. kUnreadable: the answer is none.
  virtual Task<Result<OrderAnswer>> Get(const Caller& caller, const std::string& order_id) = 0;

  /// How many orders List would show on all its pages.
  virtual Task<Result<std::int64_t>> Count(const Caller& caller, const OrdersQuery& query) = 0;
};

}  // namespace cdiscount::marketplace
