#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cdiscount::simulator {

using SellerId = std::int64_t;

/// The nine states of an order (docs/marketplace.md#lifecycle), and the one that only a line can have.
enum class OrderStatus : std::uint8_t {
  kProcessing,
  kWaitingAcceptance,
  kAccepted,
  kRefused,
  kInPreparation,
  kShipped,
  kDelivered,
  kCancelled,
  kRejected,
  kCancelRequest,  ///< Of a line: its cancellation is asked for and pending (docs/marketplace.md#lines).
};
inline constexpr std::array<OrderStatus, 9> kAllStatuses = {
    OrderStatus::kProcessing, OrderStatus::kWaitingAcceptance, OrderStatus::kAccepted,
    OrderStatus::kRefused,    OrderStatus::kInPreparation,     OrderStatus::kShipped,
    OrderStatus::kDelivered,  OrderStatus::kCancelled,         OrderStatus::kRejected};

/// The parties that may ask for the cancellation of a line; the order does not say which one did.
enum class CancelInitiator : std::uint8_t { kCustomer, kSeller, kSalesChannel };

/// The shipper of a line.
enum class SupplyMode : std::uint8_t { kSeller, kFulfillment, kXdock };

std::string_view ToText(OrderStatus status);
std::string_view ToText(SupplyMode mode);
/// One of the nine.
std::optional<OrderStatus> ParseOrderStatus(std::string_view text);
/// One of the nine, or CancelRequest.
std::optional<OrderStatus> ParseLineStatus(std::string_view text);
std::optional<SupplyMode> ParseSupplyMode(std::string_view text);
std::optional<CancelInitiator> ParseCancelInitiator(std::string_view text);

/// Nothing follows Refused, Rejected and Cancelled.
bool IsFinal(OrderStatus status);
/// The lifecycle (docs/marketplace.md#lifecycle).
bool MayMove(OrderStatus from, OrderStatus to);
/// The next step of the main path for the generator; nothing when the path has ended.
std::optional<OrderStatus> NextOnMainPath(OrderStatus from, bool auto_accept);

}  // namespace cdiscount::simulator
