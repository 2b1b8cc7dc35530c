#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "simulator/world/order_book.hpp"

namespace cdiscount::simulator {

/// Reads the parameters of GET /orders and /orders/count (octopia-rest-v2.md, 3.2; 9 rows 1, 12, 13). Fails with
/// kInvalidArgument and the parameter's name in `field`. Parameters that are not known, `limit` and `offset` among
/// them, are ignored (3.2). A '+' in a query is a space, so "+00:00" must be sent escaped.
Result<OrderQuery> ParseOrderQuery(const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace cdiscount::simulator
