#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"
#include "domain/account_lease.hpp"
#include "domain/compare.hpp"
#include "domain/order.hpp"
#include "domain/recipients.hpp"
#include "domain/unreadable_order.hpp"

namespace cdiscount::order_ingest {

/// An order as it was read, with what tells its version.
struct IncomingOrder {
  Order order;
  Recipients recipients;
  Fingerprint fingerprint;
  Pii raw = {};  ///< As it came, for the case that it cannot be stored.
};

/// Which orders to ask for. Both bounds are inclusive (octopia-rest-v2.md, section 9, row 13).
struct PageRequest {
  SysTime updated_min;
  std::optional<SysTime> updated_max = {};  ///< Absent = no upper end.
  int page_index = 1;                       ///< From 1.
  int page_size = 100;

  friend bool operator==(const PageRequest&, const PageRequest&) = default;
};

struct OrderPage {
  std::size_t items = 0;  ///< On the page, readable or not.
  std::vector<IncomingOrder> orders;
  std::vector<UnreadableOrder> unreadable;
  std::optional<SysTime> server_time;  ///< The marketplace's clock when it answered.
  /// The list breaks off after `items` orders: these were read, `rest` is the text from there on. It holds personal
  /// data.
  bool cut = false;
  std::string rest;
};

/// Reads orders at the marketplace, sorted by `updated_at` ascending as far as the marketplace obeys. Errors:
/// kUnreadable (nothing of the answer is a list of orders), kThrottled with a time, kUnauthenticated,
/// kPermissionDenied, kUnavailable, kDeadlineExceeded. Network thread.
class OrderSource {
 public:
  virtual ~OrderSource() = default;
  virtual Task<Result<OrderPage>> FetchPage(SellerRef seller, PageRequest request) = 0;
  virtual Task<Result<IncomingOrder>> FetchOrder(SellerRef seller, OrderId order) = 0;
  virtual Task<Result<std::int64_t>> Count(SellerRef seller, SysTime updated_min, SysTime updated_max) = 0;
};

}  // namespace cdiscount::order_ingest
