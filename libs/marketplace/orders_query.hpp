#pragma once

#include <optional>

#include "core/clock.hpp"

namespace cdiscount::marketplace {

/// Which orders. Both ends of a window are asked for inclusively, but the marketplace does not promise that
/// (docs/marketplace.md#order-queries).
struct OrdersQuery {
  std::optional<SysTime> updated_at_min = std::nullopt;
  std::optional<SysTime> updated_at_max = std::nullopt;
  int page_index = 1;   ///< From 1. Not for Count.
  int page_size = 100;  ///< 1 to 100. Not for Count.

  friend bool operator==(const OrdersQuery&, const OrdersQuery&) = default;
};

}  // namespace cdiscount::marketplace
