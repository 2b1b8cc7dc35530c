#include "domain/order_status.hpp"

#include <algorithm>

namespace cdiscount::order_ingest {
namespace {

constexpr std::string_view kStatusPrefix = "ORDER_STATUS_";
constexpr std::string_view kEventPrefix = "ORDER_EVENT_TYPE_";

std::string LowerBehind(std::string_view prefix, std::string_view name) {
  std::string word(name.substr(std::min(prefix.size(), name.size())));
  std::ranges::transform(word, word.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return word;
}

}  // namespace

std::string ToWord(OrderStatus status) {
  return LowerBehind(kStatusPrefix, orders::v1::OrderStatus_Name(status));
}

OrderStatus ParseOrderStatus(std::string_view word) {
  std::string name(kStatusPrefix);
  for (const char c : word) name += c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
  auto status = ORDER_STATUS_UNKNOWN;
  return orders::v1::OrderStatus_Parse(name, &status) ? status : ORDER_STATUS_UNKNOWN;
}

std::string ToWord(OrderEventType type) {
  return LowerBehind(kEventPrefix, events::v1::OrderEventType_Name(type));
}

bool IsAbsorbing(OrderStatus status) {
  return status == ORDER_STATUS_CANCELLED || status == ORDER_STATUS_REFUSED || status == ORDER_STATUS_REJECTED;
}

OrderStatus NextStatus(OrderStatus previous, OrderStatus next) {
  // Between two final states the marketplace is believed: a refused order that is then shown as cancelled is dead
  // anyway.
  return IsAbsorbing(previous) && !IsAbsorbing(next) ? previous : next;
}

OrderEventType TransitionEvent(OrderStatus previous, OrderStatus next) {
  if (previous == next) return ORDER_EVENT_TYPE_CHANGED;
  switch (next) {
    case ORDER_STATUS_ACCEPTED:
      return ORDER_EVENT_TYPE_ACCEPTED;
    case ORDER_STATUS_REFUSED:
    case ORDER_STATUS_REJECTED:
      return ORDER_EVENT_TYPE_REFUSED;
    case ORDER_STATUS_IN_PREPARATION:
      return ORDER_EVENT_TYPE_READY_TO_SHIP;
    case ORDER_STATUS_SHIPPED:
      return ORDER_EVENT_TYPE_SHIPPED;
    case ORDER_STATUS_DELIVERED:
      return ORDER_EVENT_TYPE_DELIVERED;
    case ORDER_STATUS_CANCELLED:
      return ORDER_EVENT_TYPE_CANCELLED;
    case ORDER_STATUS_UNSPECIFIED:
    case ORDER_STATUS_UNKNOWN:
    case ORDER_STATUS_PROCESSING:
    case ORDER_STATUS_WAITING_ACCEPTANCE:
    case ORDER_STATUS_CANCEL_REQUEST:
    case orders::v1::OrderStatus_INT_MIN_SENTINEL_DO_NOT_USE_:
    case orders::v1::OrderStatus_INT_MAX_SENTINEL_DO_NOT_USE_:
      return ORDER_EVENT_TYPE_CHANGED;
  }
  return ORDER_EVENT_TYPE_CHANGED;
}

}  // namespace cdiscount::order_ingest
