#pragma once

#include <cstddef>
#include <string>

#include "cdiscount/orders/v1/order_query_service.pb.h"

// What people read about orders. Every text ends with a newline; `width` as in Table.
namespace cdiscount::cli {

std::string ShowOrders(const orders::v1::ListOrdersResponse& response, std::size_t width);

std::string ShowOrder(const orders::v1::KnownOrder& known, std::size_t width);

/// The lines of an order, each with a number of spaces in front.
std::string ShowLines(const orders::v1::Order& order, std::size_t width, std::size_t indent);

/// The orders that were set aside.
std::string ShowUnreadable(const orders::v1::ListUnreadableOrdersResponse& response, std::size_t width);

/// One of them; its text, escaped, when the answer holds it.
std::string ShowUnreadableOrder(const orders::v1::GetUnreadableOrderResponse& response);

}  // namespace cdiscount::cli
