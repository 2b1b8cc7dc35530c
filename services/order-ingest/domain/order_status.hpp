#pragma once

#include <string>
#include <string_view>

#include "cdiscount/events/v1/order_event.pb.h"
#include "cdiscount/orders/v1/order.pb.h"

namespace cdiscount::order_ingest {

/// Where an order, or a line of it, stands (docs/marketplace.md#lifecycle), and what a new version means: as they are
/// published.
using OrderStatus = orders::v1::OrderStatus;
using OrderEventType = events::v1::OrderEventType;
using enum orders::v1::OrderStatus;
using enum events::v1::OrderEventType;

/// "in_preparation": how a status stands in the database.
std::string ToWord(OrderStatus status);
/// The way back. ORDER_STATUS_UNKNOWN for any other word.
OrderStatus ParseOrderStatus(std::string_view word);

/// "ready_to_ship": the word in the event's type and in metrics.
std::string ToWord(OrderEventType type);

/// Cancelled, refused and rejected are absorbing: nothing that comes later makes the order shippable again.
bool IsAbsorbing(OrderStatus status);

/// The status that we announce when the marketplace now says `next` of an order that stood at `previous`.
OrderStatus NextStatus(OrderStatus previous, OrderStatus next);

/// The event for a version that changes an order from `previous` to `next` (both as announced).
OrderEventType TransitionEvent(OrderStatus previous, OrderStatus next);

}  // namespace cdiscount::order_ingest
