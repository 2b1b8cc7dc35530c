#include "domain/order_status.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cdiscount::order_ingest {
namespace {

constexpr std::array<std::pair<std::string_view, OrderStatus>, 10> kWords = {{
    {"Processing", OrderStatus::kProcessing},
    {"WaitingAcceptance", OrderStatus::kWaitingAcceptance},
    {"Accepted", OrderStatus::kAccepted},
    {"Refused", OrderStatus::kRefused},
    {"InPreparation", OrderStatus::kInPreparation},
    {"Shipped", OrderStatus::kShipped},
    {"Delivered", OrderStatus::kDelivered},
    {"Cancelled", OrderStatus::kCancelled},
    {"Rejected", OrderStatus::kRejected},
    {"CancelRequest", OrderStatus::kCancelRequest},
}};

bool SameWord(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

OrderStatus ParseOrderStatus(std::string_view word) {
  for (const auto& [text, status] : kWords) {
    if (SameWord(text, word)) return status;
  }
  return OrderStatus::kUnknown;
}

std::string_view ToString(OrderStatus status) {
  for (const auto& [text, known] : kWords) {
    if (known == status) return text;
  }
  return "Unknown";
}

std::string_view ToString(OrderEventType type) {
  switch (type) {
    case OrderEventType::kReceived:
      return "received";
    case OrderEventType::kAccepted:
      return "accepted";
    case OrderEventType::kRefused:
      return "refused";
    case OrderEventType::kReadyToShip:
      return "ready_to_ship";
    case OrderEventType::kChanged:
      return "changed";
    case OrderEventType::kShipped:
      return "shipped";
    case OrderEventType::kDelivered:
      return "delivered";
    case OrderEventType::kCancelled:
      return "cancelled";
  }
  return "changed";
}

bool IsAbsorbing(OrderStatus status) {
  return status == OrderStatus::kCancelled || status == OrderStatus::kRefused || status == OrderStatus::kRejected;
}

OrderStatus NextStatus(OrderStatus previous, OrderStatus next) {
  // Between two final states the marketplace is believed: a refused order that is then shown as cancelled is dead
  // anyway.
  return IsAbsorbing(previous) && !IsAbsorbing(next) ? previous : next;
}

OrderEventType TransitionEvent(OrderStatus previous, OrderStatus next) {
  if (previous == next) return OrderEventType::kChanged;
  switch (next) {
    case OrderStatus::kAccepted:
      return OrderEventType::kAccepted;
    case OrderStatus::kRefused:
    case OrderStatus::kRejected:
      return OrderEventType::kRefused;
    case OrderStatus::kInPreparation:
      return OrderEventType::kReadyToShip;
    case OrderStatus::kShipped:
      return OrderEventType::kShipped;
    case OrderStatus::kDelivered:
      return OrderEventType::kDelivered;
    case OrderStatus::kCancelled:
      return OrderEventType::kCancelled;
    case OrderStatus::kUnknown:
    case OrderStatus::kProcessing:
    case OrderStatus::kWaitingAcceptance:
    case OrderStatus::kCancelRequest:
      return OrderEventType::kChanged;
  }
  return OrderEventType::kChanged;
}

}  // namespace cdiscount::order_ingest
