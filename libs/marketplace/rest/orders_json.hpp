#pragma once

#include <cstdint>
#include <string_view>

#include "core/result.hpp"
#include "marketplace/orders_page.hpp"

// The bodies of the orders endpoints, read tolerantly (docs/marketplace.md#orders). Pure.
namespace cdiscount::marketplace::rest {

/// A page, without its server time. An item that cannot be read does not touch the others, unless it breaks the
/// brackets of the list; then the page is `cut` before it. `"items":null`, or none beside `"itemsPerPage":0`, is an
/// empty page with a warning. kUnreadable when no list of orders begins in it. The error says why, to be continued by
/// Unexpected.
Result<ObservedPage> ReadOrdersPage(std::string_view body);

/// One order.
Result<ObservedAnswer> ReadOrder(std::string_view body);

/// 42, or {"count": 42}.
Result<std::int64_t> ReadCount(std::string_view body);

}  // namespace cdiscount::marketplace::rest
