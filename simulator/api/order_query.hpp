#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "simulator/world/order_book.hpp"

namespace cdiscount::simulator {

/// Reads the parameters of GET /orders and /orders/count (docs/marketplace.md#order-queries). Fails with
/// kInvalidArgument and the parameter's name in `field`. Unknown parameters, `limit` and `offset` among them, are
/// ignored. A '+' in a query is a space, so "+00:00" must be sent escaped.
Result<OrderQuery> ParseOrderQuery(const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace cdiscount::simulator
