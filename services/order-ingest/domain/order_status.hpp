#pragma once

#include <string_view>

namespace cdiscount::order_ingest {

/// Where an order, or a line of it, stands. Source: octopia-rest-v2.md, 3.5.
enum class OrderStatus {
  kUnknown,            ///< A word that this version does not know; the order carries it as text.
  kProcessing,         ///< Being checked by the marketplace.
  kWaitingAcceptance,  ///< The seller must accept or refuse.
  kAccepted,           ///< Accepted; last checks of the marketplace.
  kRefused,            ///< Refused by the seller. Final.
  kInPreparation,      ///< Ready to ship.
  kShipped,
  kDelivered,
  kCancelled,  ///< Final.
  kRejected,   ///< Failed the marketplace's checks. Final.
  /// Of a line: its cancellation is asked for, by customer, seller or channel, and pending (octopia-rest-v2.md, 3.4).
  kCancelRequest,
};

/// What a new version means, seen from the one before.
enum class OrderEventType {
  kReceived,  ///< The first sight, whatever the status.
  kAccepted,
  kRefused,  ///< By the seller or by the marketplace's checks.
  kReadyToShip,
  kChanged,  ///< No status of its own: something else changed, or the word is unknown.
  kShipped,
  kDelivered,
  kCancelled,
};

/// The marketplace's word as a status; upper and lower case count as the same. kUnknown for any other word.
OrderStatus ParseOrderStatus(std::string_view word);

/// The marketplace's word: "InPreparation". "Unknown" for kUnknown.
std::string_view ToString(OrderStatus status);

/// "ready_to_ship": the word in the event's type and in metrics.
std::string_view ToString(OrderEventType type);

/// Cancelled, refused and rejected are absorbing: nothing that comes later makes the order shippable again.
bool IsAbsorbing(OrderStatus status);

/// The status that we announce when the marketplace now says `next` of an order that stood at `previous`.
OrderStatus NextStatus(OrderStatus previous, OrderStatus next);

/// The event for a version that changes an order from `previous` to `next` (both as announced).
OrderEventType TransitionEvent(OrderStatus previous, OrderStatus next);

}  // namespace cdiscount::order_ingest
