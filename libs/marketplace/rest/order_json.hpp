#pragma once

#include <cstdint>
#include <string_view>

#include "core/result.hpp"
#include "marketplace/orders_api.hpp"

// The bodies of the orders endpoints, read tolerantly (octopia-rest-v2.md, 3.3 and 3.4). Pure.
namespace cdiscount::marketplace::rest {

/// A page, without its server time. An item that cannot be read does not touch the others, as long as its brackets
/// match; kUnreadable when the items cannot be told apart.
Result<OrdersPage> ReadOrdersPage(std::string_view body);

/// One order, without its server time.
Result<OrderAnswer> ReadOrder(std::string_view body);

/// 42, or {"count": 42}.
Result<std::int64_t> ReadCount(std::string_view body);

}  // namespace cdiscount::marketplace::rest
