#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cdiscount/orders/v1/order.pb.h"
#include "core/clock.hpp"
#include "core/secret.hpp"
#include "marketplace/recipients.hpp"

// Orders as the marketplace shows them, whatever the wire format. All facts: docs/marketplace.md#orders. The
// marketplace may leave out, or send null for, everything but an order's id and status and its lines' ids and
// quantities.
namespace cdiscount::marketplace {

/// An order as it was read. Its message is canonical (order_content.hpp); seller and channel are empty when the answer
/// does not name them.
struct ObservedOrder {
  orders::v1::Order order;
  Recipients recipients;
  Pii raw;  ///< As it came: JSON with personal data, to be kept encrypted only.
};

/// An item of a page that is no order, or one without what is certain to be sent.
struct UnreadableItem {
  std::size_t index = 0;  ///< On the page, from 0.
  std::string reason;     ///< For people; holds nothing of a person.
  std::string order_id;   ///< Empty when it is not to be seen.
  std::optional<SysTime> updated_at;
  Pii raw;  ///< As ObservedOrder::raw.
};

struct ObservedPage {
  std::vector<ObservedOrder> orders;       ///< Those that could be read, in the order of the page.
  std::vector<UnreadableItem> unreadable;  ///< The others.
  std::size_t item_count = 0;              ///< Both together.
  /// The list breaks: it ends too early, or an order behind the last of these breaks its brackets. The orders before
  /// the break were read, and `rest` is the text from there on, JSON with personal data.
  bool cut = false;
  Pii rest;
  std::optional<SysTime> server_time;  ///< The marketplace's clock when it answered (`Date`).
  /// Odd values that were left out, for the log: "order 2610061530ABCDE: lines[0].quantity ...". A bounded number.
  std::vector<std::string> warnings;
};

struct ObservedAnswer {
  ObservedOrder observed;
  std::vector<std::string> warnings;  ///< As ObservedPage::warnings.
};

}  // namespace cdiscount::marketplace
