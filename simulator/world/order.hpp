#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "simulator/world/json.hpp"
#include "simulator/world/order_status.hpp"

namespace cdiscount::simulator {

/// An amount as documents hold it: 4990 -> 49.9, 0 -> 0.0. Exact up to 15 digits.
inline double Amount(std::int64_t minor) {
  return static_cast<double>(minor) / 100;
}
inline std::int64_t Minor(const Json& amount) {
  return std::llround(amount.get<double>() * 100);
}

/// An instant as this order writes it: whole seconds in UTC, with "Z" or "+00:00" (docs/marketplace.md#times).
std::string Stamp(SysTime time, const std::string& order_id);
/// The instant behind a stamp.
SysTime InstantOf(const std::string& stamp);

inline const std::string& TextOf(const Json& object, const char* key) {
  return object.at(key).get_ref<const std::string&>();
}

/// One version of an order: the document that the API shows, changed in place, and the facts that the API does not
/// show.
struct Order {
  Json shown;                   ///< docs/marketplace.md#orders
  Json hidden_address;          ///< The shipping address until the lines show it; then null.
  std::string shipped_at = {};  ///< A stamp; empty while it was never shipped.
  std::map<std::string, CancelInitiator> cancel_asked_by = {};  ///< By line id.

  const std::string& id() const { return TextOf(shown, "orderId"); }
  SellerId seller() const;
  OrderStatus status() const;
  SysTime updated_at() const { return InstantOf(TextOf(shown, "updatedAt")); }
  const Json& lines() const { return shown.at("lines"); }
  const Json& shipping_address() const {
    return hidden_address.is_null() ? lines().front().at("shippingAddress") : hidden_address;
  }
  /// The total that the buyer pays: lines, their shipping, fees.
  std::int64_t total_minor() const { return Minor(shown.at("totalPrice").at("sellingPrice")); }
  /// Parcels of all lines.
  std::size_t parcels() const;
};

OrderStatus LineStatus(const Json& line);
/// In preparation, and the seller's own goods (docs/marketplace.md#shipments).
bool IsShippable(const Json& line);
/// A line whose customer asked for its cancellation may be added to a shipment (docs/marketplace.md#shipments).
bool MayBeAddedToAShipment(const Order& order, const Json& line);

/// One thing that happens to an order. Every change alters what a reader can see, so that no two versions are equal:
/// the status, a line's status, the parcels, or the total.
struct Change {
  std::optional<OrderStatus> status = std::nullopt;
  std::optional<std::size_t> cancel_line = std::nullopt;  ///< Index; the order becomes one of mixed lines.
  /// Index of a line whose cancellation is asked for; it stays so until it is cancelled or shipped.
  std::optional<std::size_t> ask_cancel_line = std::nullopt;
  CancelInitiator initiator = CancelInitiator::kCustomer;  ///< Of that request.
  std::int64_t add_fee_minor = 0;                          ///< A service fee joins `serviceFees` and the total.
  /// A parcel as the seller declares it: the named lines become Shipped, and the order with them once none is left.
  struct Shipment {
    Json parcel;  ///< As the lines show it.
    std::vector<std::string> line_ids;
  };
  std::optional<Shipment> shipment = std::nullopt;
  bool force = false;                       ///< Allows a status that the lifecycle does not.
  std::chrono::milliseconds stamp_back{0};  ///< Not zero: `updatedAt` steps back by this much instead of forward.
};

/// Applies a change made at `now`. Fails with kConflict when the lifecycle forbids it, with kInvalidArgument when it
/// changes nothing or names a line that is not there; the order is then untouched.
Status Apply(Order& order, const Change& change, SysTime now);

/// Puts a new order that begins in a later state into the shape that living through the earlier ones would give it.
void SettleInto(Order& order, OrderStatus status, SysTime now);

}  // namespace cdiscount::simulator
