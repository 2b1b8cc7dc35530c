#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/money.hpp"
#include "core/result.hpp"
#include "core/strong_id.hpp"
#include "domain/order_status.hpp"

namespace cdiscount::order_ingest {

using AccountId = StrongId<struct AccountIdTag>;  ///< Ours.
using SellerId = StrongId<struct SellerIdTag>;    ///< The marketplace's.
using ChannelId = StrongId<struct ChannelIdTag>;  ///< "CDISFR".
using OrderId = StrongId<struct OrderIdTag>;      ///< Opaque; unique per seller and channel.
using Sku = StrongId<struct SkuTag>;              ///< The seller's own reference.

/// What names an order for ever, whatever account it was read through.
struct OrderKey {
  ChannelId channel;
  SellerId seller;
  OrderId order;

  /// "CDISFR/98979/2610061530ABCDE": the key on Kafka.
  std::string ToString() const { return channel.value() + "/" + seller.value() + "/" + order.value(); }
  friend auto operator<=>(const OrderKey&, const OrderKey&) = default;
};

/// All facts below: octopia-rest-v2.md, 3.4. An absent fact is an empty text or an empty optional.

struct Tax {
  std::string code;
  std::string target;
  std::optional<Money> amount;
  std::string rate;  ///< Decimal text, as received; versions are told apart by its value.
};

struct LinePrice {
  std::optional<Money> unit;      ///< For one piece, VAT included.
  std::optional<Money> shipping;  ///< For the whole line.
  std::optional<Money> total;     ///< For the whole line, as received.
  std::vector<Tax> taxes;
};

struct Commission {
  std::optional<Money> without_vat;  ///< For the whole line.
  std::optional<Money> with_vat;     ///< For the whole line.
  std::string rate;                  ///< Decimal text, hundredths of a percent.
};

struct Parcel {
  std::string number;
  std::string carrier;
  std::string tracking_url;
};

struct Delivery {
  std::string mode;  ///< The label: "TrackedHomeDelivery".
  std::optional<SysTime> promised_min;
  std::optional<SysTime> promised_max;
  std::optional<SysTime> ship_by;
  bool to_pickup_point = false;  ///< A pick-up point id is present; shipping-modes.md, last section.
};

struct OrderLine {
  std::string id;  ///< Certain to be sent.
  OrderStatus status = OrderStatus::kUnknown;
  std::string status_text;
  std::int64_t quantity = 0;  ///< Certain to be sent.
  Sku sku;
  std::string gtin;
  std::string title;
  std::string offer_id;
  std::string product_id;
  std::string condition;
  std::string supply_mode;  ///< "Seller", "Fulfillment", "Xdock" or a word of the future.
  LinePrice selling;        ///< What the buyer pays.
  LinePrice offer;          ///< The seller's side.
  std::optional<Commission> commission;
  Delivery delivery;
  std::vector<Parcel> parcels;
};

struct ServiceFee {
  std::string label;
  std::optional<Money> amount;
};

struct OrderFields {
  OrderKey key;
  std::string reference;
  OrderStatus status = OrderStatus::kUnknown;
  std::string status_text;  ///< Certain to be sent.
  bool business = false;
  std::string customer_reference;
  std::optional<SysTime> purchased_at;
  std::optional<SysTime> created_at;
  std::optional<SysTime> updated_at;
  std::optional<SysTime> ship_by;
  std::string payment_method;
  std::string currency;
  std::optional<Money> total_selling;
  std::optional<Money> total_offer;
  std::vector<ServiceFee> service_fees;
  std::vector<OrderLine> lines;
};

/// An order as this system understands it, without personal data. An `Order` that exists has what the marketplace is
/// certain to send (octopia-rest-v2.md, 3.4); all else may be absent, because an order that is strange must still be
/// announced. Immutable, so any thread may read it.
class Order {
 public:
  /// Fails with kInvalidArgument and names the first rule that the fields break: what is certain to be sent is there,
  /// no quantity is negative, and the ids of order and channel have at most kLongestId bytes and no control character.
  static Result<Order> Create(OrderFields fields);

  const OrderKey& key() const { return fields_.key; }
  OrderStatus status() const { return fields_.status; }
  const std::optional<SysTime>& updated_at() const { return fields_.updated_at; }
  const OrderFields& fields() const { return fields_; }

  /// The same order, announced with another status (see NextStatus); the marketplace's own word stays.
  Order WithStatus(OrderStatus status) const;

 private:
  explicit Order(OrderFields fields) : fields_(std::move(fields)) {}
  OrderFields fields_;
};

/// The number of the form below. A new form gets a new number; stored orders are then re-hashed, not announced again.
inline constexpr int kContentScheme = 2;

/// The longest id of an order or a channel. The contract gives no limit (octopia-rest-v2.md, section 9, row 22: ids of
/// up to 22 characters were seen); every index and key of ours takes this.
inline constexpr std::size_t kLongestId = 64;

/// Everything that makes a version, in one text: lists sorted by id, an absent value like a null one, without
/// `updated_at`, numbers by value and not by spelling (1500, 1500.0 and 1.5e3 are one). Two orders with the same text
/// are the same version.
std::string CanonicalContent(const Order& order);

}  // namespace cdiscount::order_ingest
