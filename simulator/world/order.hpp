#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace cdiscount::simulator {

using SellerId = std::int64_t;

/// The nine states of an order. Source: octopia-rest-v2.md, 3.5.
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
  /// Of a line only: its cancellation is asked for and pending (octopia-rest-v2.md, 3.4).
  kCancelRequest,
};
inline constexpr std::array<OrderStatus, 9> kAllStatuses = {
    OrderStatus::kProcessing, OrderStatus::kWaitingAcceptance, OrderStatus::kAccepted,
    OrderStatus::kRefused,    OrderStatus::kInPreparation,     OrderStatus::kShipped,
    OrderStatus::kDelivered,  OrderStatus::kCancelled,         OrderStatus::kRejected};

/// Who may ask for the cancellation of a line; the order does not say who did. Source: octopia-rest-v2.md, 3.4 and 6.1.
enum class CancelInitiator : std::uint8_t { kCustomer, kSeller, kSalesChannel };

/// Who ships a line. Source: octopia-rest-v2.md, 3.4, `offer.supplyMode`.
enum class SupplyMode : std::uint8_t { kSeller, kFulfillment, kXdock };

std::string_view ToText(OrderStatus status);
std::string_view ToText(SupplyMode mode);
std::optional<OrderStatus> ParseOrderStatus(std::string_view text);
std::optional<SupplyMode> ParseSupplyMode(std::string_view text);
std::optional<CancelInitiator> ParseCancelInitiator(std::string_view text);

/// Both addresses of an order; the last four fields belong to the shipping address only (octopia-rest-v2.md, 3.4).
struct Address {
  std::string civility;
  std::string first_name;
  std::string last_name;
  std::optional<std::string> company_name;
  std::optional<std::string> company_vat_number;
  std::string line1;
  std::optional<std::string> line2;
  std::optional<std::string> line3;
  std::string postal_code;
  std::string city;
  std::optional<std::string> state_or_region;
  std::string country_code;
  std::optional<std::string> pickup_name;
  std::optional<std::string> pickup_id;
  std::string phone;
  std::string email;
};

struct Product {
  std::string sku;
  std::string gtin;
  std::string title;
  std::int64_t price_minor = 0;
};

struct Parcel {
  std::string number;
  std::string carrier;
  std::optional<std::string> tracking_url;
};

/// One offer with a quantity. Amounts are in minor units of the order's currency.
struct OrderLine {
  std::string id;
  OrderStatus status = OrderStatus::kProcessing;
  std::int32_t quantity = 1;
  std::int64_t unit_minor = 0;
  std::int64_t shipping_minor = 0;
  std::int32_t commission_rate = 1500;  ///< Hundredths of a percent: 800 = 8 % (octopia-rest-v2.md, 3.4).
  std::shared_ptr<const Product> product;
  bool gtin_known = true;  ///< False: `productGtin` is null.
  std::string condition = "New";
  SupplyMode supply = SupplyMode::kSeller;
  std::string delivery_mode;
  SysTime promised_min;
  SysTime promised_max;
  std::vector<Parcel> parcels;
  std::optional<CancelInitiator> cancel_asked_by = std::nullopt;  ///< Set when the status is kCancelRequest.
};

/// Who may be told to ship it: in preparation, and the seller's own goods (octopia-rest-v2.md, 5.2).
bool IsShippable(const OrderLine& line);
/// A line whose customer asked for its cancellation may be added to a shipment (octopia-rest-v2.md, 5.2).
bool MayBeAddedToAShipment(const OrderLine& line);

struct ServiceFee {
  std::string label;
  std::int64_t amount_minor = 0;
};

/// An order as the marketplace keeps it: one version of it.
struct Order {
  std::string id;
  std::optional<std::string> reference;
  bool business = false;
  SellerId seller = 0;
  std::string customer_reference;
  SysTime purchased_at;
  SysTime created_at;
  SysTime updated_at;  ///< Whole seconds, as in the samples: many orders can share one stamp.
  std::optional<SysTime> ship_by;
  std::optional<SysTime> shipped_at;
  OrderStatus status = OrderStatus::kProcessing;
  std::string payment_method = "Card";
  std::string currency = "EUR";
  std::shared_ptr<const Address> billing;
  std::shared_ptr<const Address> shipping;
  bool address_released = false;  ///< From InPreparation on (octopia-rest-v2.md, 3.4).
  std::vector<ServiceFee> fees;
  std::vector<OrderLine> lines;

  /// What the buyer pays: lines, their shipping, fees.
  std::int64_t TotalMinor() const;
  /// Parcels of the whole order, counted per line.
  std::size_t ParcelCount() const;
};

/// Nothing follows Refused, Rejected and Cancelled.
bool IsFinal(OrderStatus status);
/// The lifecycle of octopia-rest-v2.md, 3.5.
bool MayMove(OrderStatus from, OrderStatus to);
/// The next step of the main path for the generator; nothing when the path has ended.
std::optional<OrderStatus> NextOnMainPath(OrderStatus from, bool auto_accept);

/// One thing that happens to an order. Every change alters what a reader can see, so that no two versions are equal:
/// the status, a line's status, the parcels, or the total.
struct Change {
  std::optional<OrderStatus> status = std::nullopt;
  std::optional<std::size_t> cancel_line = std::nullopt;  ///< Index; the order becomes one of mixed lines.
  /// Index of a line whose cancellation is asked for; it stays so until it is cancelled or shipped.
  std::optional<std::size_t> ask_cancel_line = std::nullopt;
  CancelInitiator initiator = CancelInitiator::kCustomer;  ///< Of that request.
  std::int64_t add_fee_minor = 0;                          ///< A service fee joins `serviceFees` and the total.
  /// Parcels as declared by the seller: the lines named become Shipped (no id = every line that lives), and the order
  /// with them once none is left.
  struct Shipment {
    Parcel parcel;
    std::vector<std::string> line_ids;
  };
  std::vector<Shipment> shipments = {};
  bool force = false;                       ///< Allows a status that the lifecycle does not.
  std::chrono::milliseconds stamp_back{0};  ///< Not zero: `updatedAt` steps back by this much instead of forward.
};

/// Applies a change made at `now`. Fails with kConflict when the lifecycle forbids it, with kInvalidArgument when it
/// changes nothing or names a line that is not there; the order is then untouched.
Status Apply(Order& order, const Change& change, SysTime now);

/// A hash over everything a reader can see except `updatedAt`.
std::uint64_t ContentHash(const Order& order);

/// Puts an order that is born in a later state into the shape it would have had by living through the earlier ones.
void SettleInto(Order& order, OrderStatus status, SysTime now);

}  // namespace cdiscount::simulator
