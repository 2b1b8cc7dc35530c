#include "simulator/world/order_status.hpp"

#include <algorithm>
#include <initializer_list>

namespace cdiscount::simulator {
namespace {

using enum OrderStatus;

constexpr std::array<std::string_view, 10> kStatusNames = {
    "Processing", "WaitingAcceptance", "Accepted",  "Refused",  "InPreparation",
    "Shipped",    "Delivered",         "Cancelled", "Rejected", "CancelRequest"};
constexpr std::array<std::string_view, 3> kInitiatorNames = {"Customer", "Seller", "SalesChannel"};
constexpr std::array<std::string_view, 3> kSupplyNames = {"Seller", "Fulfillment", "Xdock"};

template <class Enum, std::size_t kCount>
std::optional<Enum> Named(const std::array<std::string_view, kCount>& names, std::string_view text) {
  const auto found = std::find(names.begin(), names.end(), text);
  return found == names.end() ? std::nullopt : std::optional{static_cast<Enum>(found - names.begin())};
}

}  // namespace

std::string_view ToText(OrderStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

std::string_view ToText(SupplyMode mode) {
  return kSupplyNames[static_cast<std::size_t>(mode)];
}

std::optional<OrderStatus> ParseLineStatus(std::string_view text) {
  return Named<OrderStatus>(kStatusNames, text);
}

std::optional<OrderStatus> ParseOrderStatus(std::string_view text) {
  const auto status = ParseLineStatus(text);
  return status == kCancelRequest ? std::nullopt : status;
}

std::optional<SupplyMode> ParseSupplyMode(std::string_view text) {
  return Named<SupplyMode>(kSupplyNames, text);
}

std::optional<CancelInitiator> ParseCancelInitiator(std::string_view text) {
  return Named<CancelInitiator>(kInitiatorNames, text);
}

bool IsFinal(OrderStatus status) {
  return status == kRefused || status == kRejected || status == kCancelled;
}

bool MayMove(OrderStatus from, OrderStatus to) {
  const auto one_of = [to](std::initializer_list<OrderStatus> next) {
    return std::find(next.begin(), next.end(), to) != next.end();
  };
  switch (from) {
    case kProcessing:
      return one_of({kWaitingAcceptance, kAccepted, kInPreparation, kRejected, kCancelled});
    case kWaitingAcceptance:
      return one_of({kAccepted, kRefused, kCancelled});
    case kAccepted:
      return one_of({kInPreparation, kRejected, kCancelled});
    case kInPreparation:
      return one_of({kShipped, kCancelled});
    case kShipped:
      return one_of({kDelivered, kCancelled});
    case kDelivered:
      return to == kCancelled;
    case kRefused:
    case kCancelled:
    case kRejected:
    case kCancelRequest:
      return false;
  }
  return false;
}

std::optional<OrderStatus> NextOnMainPath(OrderStatus from, bool auto_accept) {
  if (from == kProcessing) return auto_accept ? kInPreparation : kWaitingAcceptance;
  if (from == kWaitingAcceptance) return kAccepted;
  if (from == kAccepted) return kInPreparation;
  if (from == kInPreparation) return kShipped;
  if (from == kShipped) return kDelivered;
  return std::nullopt;
}

}  // namespace cdiscount::simulator
