#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cdiscount/events/v1/order_recipients.pb.h"
#include "cdiscount/orders/v1/order.pb.h"
#include "core/money.hpp"
#include "marketplace/rest/json_reader.hpp"

// Inside rest/ only: which key of an order's JSON becomes which field of a message, a row per field. Source:
// docs/marketplace.md#orders.
namespace cdiscount::marketplace::rest {

/// Stands for a quantity that was not sent until the line is checked.
inline constexpr std::int64_t kNotSent = std::numeric_limits<std::int64_t>::min();

/// Reads an order into messages. Amounts carry the order's currency, which stands at its top alone.
class OrderReader : public JsonReader {
 public:
  explicit OrderReader(std::string currency) : currency_(std::move(currency)), minor_digits_(MinorDigits(currency_)) {}

  /// What is no number, or does not fit, is absent: a strange price must not keep an order from being announced.
  std::optional<orders::v1::Money> ReadAmount(ondemand::value value);

  /// An object by its rows, all of which are absent at first. `value` is null for an absent one.
  template <class Table, class T>
  void ReadObject(const Table& rows, ondemand::value* value, T& into);
  /// One key by its row. False when it has none.
  template <class Table, class T>
  bool ReadKey(const Table& rows, std::string_view key, ondemand::value value, T& into);

  using JsonReader::EachElement;
  void NoteUnknown() { Note("is not known and is left out"); }
  using JsonReader::NoteUnfit;

  std::optional<events::v1::Address> billing;
  /// Where the line goes to that is read now.
  std::optional<events::v1::Recipient> shipping;
  /// The same of every line, with its id.
  std::vector<std::pair<std::string, events::v1::Recipient>> shippings;

 private:
  std::string currency_;
  int minor_digits_;
};

/// How one key becomes a field of T. `value` is null when the key is absent; what was read before is taken back then,
/// so the last of two equal keys counts. An empty key stands for all others.
template <class T>
struct Row {
  std::string_view key;
  void (*read)(OrderReader& reader, ondemand::value* value, T& into);
};

/// The rows of a message: `static constexpr Row<T> kAll[]`.
template <class T>
struct Rows;

// ---- What a row may do. The class is that of the accessor, as &Order::mutable_reference. ---------------------------

template <class Accessor>
struct AccessorOf;
template <class R, class C>
struct AccessorOf<R* (C::*)()> {
  using Class = C;
  using Member = R;
};
template <class V, class C>
struct AccessorOf<void (C::*)(V)> {
  using Class = C;
};
template <auto kAccessor>
using ClassOf = typename AccessorOf<decltype(kAccessor)>::Class;
template <auto kAccessor>
using MemberOf = typename AccessorOf<decltype(kAccessor)>::Member;

template <auto kMutable>
void Text(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  auto& text = *(into.*kMutable)();
  text.clear();
  if (value != nullptr) reader.Read(*value, text);
}

template <auto kSet>
void Flag(OrderReader& reader, ondemand::value* value, ClassOf<kSet>& into) {
  std::optional<bool> flag;
  if (value != nullptr) reader.Read(*value, flag);
  (into.*kSet)(flag.value_or(false));
}

template <auto kMutable>
void Rate(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  Decimal rate;
  if (value != nullptr) reader.Read(*value, rate);
  *(into.*kMutable)() = std::move(rate.text);
}

template <auto kMutable, auto kClear>
void Amount(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  (into.*kClear)();
  if (value == nullptr) return;
  if (auto amount = reader.ReadAmount(*value)) *(into.*kMutable)() = std::move(*amount);
}

template <auto kMutable, auto kClear>
void Instant(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  (into.*kClear)();
  std::optional<SysTime> time;
  if (value != nullptr) reader.Read(*value, time);
  if (!time) return;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*time);
  auto& stamp = *(into.*kMutable)();
  stamp.set_seconds(seconds.time_since_epoch().count());
  stamp.set_nanos(static_cast<std::int32_t>(std::chrono::nanoseconds(*time - seconds).count()));
}

template <auto kMutable, auto kClear>
void Object(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  (into.*kClear)();
  if (value == nullptr) return;
  if (value->type() != ondemand::json_type::object) return reader.NoteUnfit(*value, "an object");
  reader.ReadObject(Rows<MemberOf<kMutable>>::kAll, value, *(into.*kMutable)());
}

template <auto kAdd, auto kClear>
void List(OrderReader& reader, ondemand::value* value, ClassOf<kAdd>& into) {
  (into.*kClear)();
  if (value == nullptr) return;
  reader.EachElement(*value, [&](ondemand::value element) {
    reader.ReadObject(Rows<MemberOf<kAdd>>::kAll, &element, *(into.*kAdd)());
  });
}

/// An object whose keys are fields of the message that it stands in.
template <auto& kRows, class T>
void Group(OrderReader& reader, ondemand::value* value, T& into) {
  reader.ReadObject(kRows, value, into);
}

/// The same for fields of a message inside of it.
template <auto kMutable, auto kRead>
void In(OrderReader& reader, ondemand::value* value, ClassOf<kMutable>& into) {
  kRead(reader, value, *(into.*kMutable)());
}

/// Known, and not used.
template <class T>
void Ignored(OrderReader&, ondemand::value*, T&) {}

// ---- The rows ------------------------------------------------------------------------------------------------------

namespace pb = orders::v1;

template <>
struct Rows<pb::Tax> {
  static constexpr Row<pb::Tax> kAll[] = {
      {"code", Text<&pb::Tax::mutable_code>},
      {"target", Text<&pb::Tax::mutable_target>},
      {"amount", Amount<&pb::Tax::mutable_amount, &pb::Tax::clear_amount>},
      {"rate", Rate<&pb::Tax::mutable_rate>},
  };
};

template <>
struct Rows<pb::Commission> {
  static constexpr Row<pb::Commission> kAll[] = {
      {"amountWithoutVat",
       Amount<&pb::Commission::mutable_amount_without_vat, &pb::Commission::clear_amount_without_vat>},
      {"amountWithVat", Amount<&pb::Commission::mutable_amount_with_vat, &pb::Commission::clear_amount_with_vat>},
      {"rate", Rate<&pb::Commission::mutable_rate>},
  };
};

template <>
struct Rows<pb::LinePrice> {
  static constexpr Row<pb::LinePrice> kAll[] = {
      {"unitSalesPrice", Amount<&pb::LinePrice::mutable_unit_price, &pb::LinePrice::clear_unit_price>},
      {"shippingCost", Amount<&pb::LinePrice::mutable_shipping, &pb::LinePrice::clear_shipping>},
      {"taxes", List<&pb::LinePrice::add_taxes, &pb::LinePrice::clear_taxes>},
      {"commission", Ignored},  // on the seller's side only, see ReadOfferPrice
  };
};

template <>
struct Rows<pb::Parcel> {
  static constexpr Row<pb::Parcel> kAll[] = {
      {"parcelNumber", Text<&pb::Parcel::mutable_parcel_number>},
      {"carrierName", Text<&pb::Parcel::mutable_carrier_name>},
      {"trackingUrl", Text<&pb::Parcel::mutable_tracking_url>},
  };
};

template <>
struct Rows<pb::ServiceFee> {
  static constexpr Row<pb::ServiceFee> kAll[] = {
      {"label", Text<&pb::ServiceFee::mutable_label>},
      {"amount", Amount<&pb::ServiceFee::mutable_amount, &pb::ServiceFee::clear_amount>},
  };
};

template <>
struct Rows<pb::Delivery> {
  static constexpr Row<pb::Delivery> kAll[] = {
      {"mode", Text<&pb::Delivery::mutable_mode>},
      {"promisedAtMin", Instant<&pb::Delivery::mutable_promised_at_min, &pb::Delivery::clear_promised_at_min>},
      {"promisedAtMax", Instant<&pb::Delivery::mutable_promised_at_max, &pb::Delivery::clear_promised_at_max>},
      {"shippedAtMax", Instant<&pb::Delivery::mutable_ship_by, &pb::Delivery::clear_ship_by>},
  };
};

template <>
struct Rows<events::v1::Address> {
  using Address = events::v1::Address;
  static constexpr Row<Address> kAll[] = {
      {"civility", Text<&Address::mutable_civility>},
      {"firstName", Text<&Address::mutable_first_name>},
      {"lastName", Text<&Address::mutable_last_name>},
      {"companyName", Text<&Address::mutable_company_name>},
      {"companyVatNumber", Text<&Address::mutable_company_vat_number>},
      {"addressLine1", Text<&Address::mutable_address_line1>},
      {"addressLine2", Text<&Address::mutable_address_line2>},
      {"addressLine3", Text<&Address::mutable_address_line3>},
      {"postalCode", Text<&Address::mutable_postal_code>},
      {"city", Text<&Address::mutable_city>},
      {"stateOrRegion", Text<&Address::mutable_state_or_region>},
      {"countryCode", Text<&Address::mutable_country_code>},
  };
};

/// What a shipping address has besides. A billing address has none of it.
template <>
struct Rows<events::v1::Recipient> {
  using Recipient = events::v1::Recipient;
  using PickupPoint = events::v1::PickupPoint;
  static constexpr Row<Recipient> kAll[] = {
      {"phone", Text<&Recipient::mutable_phone>},
      {"email", Text<&Recipient::mutable_email>},
      {"pickupId", In<&Recipient::mutable_pickup_point, Text<&PickupPoint::mutable_id>>},
      {"pickupName", In<&Recipient::mutable_pickup_point, Text<&PickupPoint::mutable_name>>},
  };
};

/// The seller's side of the price, with the commission.
void ReadOfferPrice(OrderReader& reader, ondemand::value* value, pb::OrderLine& into);
void ReadQuantity(OrderReader& reader, ondemand::value* value, pb::OrderLine& into);
void ReadShippingAddress(OrderReader& reader, ondemand::value* value, pb::OrderLine& into);
void ReadBillingAddress(OrderReader& reader, ondemand::value* value, pb::Order& into);
void ReadLines(OrderReader& reader, ondemand::value* value, pb::Order& into);

inline constexpr Row<pb::OrderLine> kLineTotal[] = {
    {"sellingPrice",
     In<&pb::OrderLine::mutable_selling_price, Amount<&pb::LinePrice::mutable_total, &pb::LinePrice::clear_total>>},
    {"offerPrice",
     In<&pb::OrderLine::mutable_offer_price, Amount<&pb::LinePrice::mutable_total, &pb::LinePrice::clear_total>>},
};

inline constexpr Row<pb::OrderLine> kOffer[] = {
    {"id", Text<&pb::OrderLine::mutable_offer_id>},
    {"sellerProductId", Text<&pb::OrderLine::mutable_sku>},
    {"productId", Text<&pb::OrderLine::mutable_product_id>},
    {"productTitle", Text<&pb::OrderLine::mutable_title>},
    {"productGtin", Text<&pb::OrderLine::mutable_gtin>},
    {"condition", Text<&pb::OrderLine::mutable_condition>},
    {"supplyMode", Text<&pb::OrderLine::mutable_supply_mode_text>},
};

template <>
struct Rows<pb::OrderLine> {
  static constexpr Row<pb::OrderLine> kAll[] = {
      {"orderLineId", Text<&pb::OrderLine::mutable_order_line_id>},
      {"status", Text<&pb::OrderLine::mutable_status_text>},
      {"quantity", ReadQuantity},
      {"totalPrice", Group<kLineTotal>},
      {"sellingPrice", In<&pb::OrderLine::mutable_selling_price, Group<Rows<pb::LinePrice>::kAll, pb::LinePrice>>},
      {"offerPrice", ReadOfferPrice},
      {"offer", Group<kOffer>},
      {"delivery", Object<&pb::OrderLine::mutable_delivery, &pb::OrderLine::clear_delivery>},
      {"shippingAddress", ReadShippingAddress},
      {"parcels", List<&pb::OrderLine::add_parcels, &pb::OrderLine::clear_parcels>},
      {"productAttributes", Ignored},
      {"statusEvents", Ignored},
  };
};

inline constexpr Row<pb::Order> kSalesChannel[] = {
    {"id", Text<&pb::Order::mutable_sales_channel_id>},
    {"", Ignored},
};
inline constexpr Row<pb::Order> kSeller[] = {
    {"id", Text<&pb::Order::mutable_seller_id>},
    {"", Ignored},
};
inline constexpr Row<pb::Order> kCustomer[] = {
    {"reference", Text<&pb::Order::mutable_customer_reference>},
    {"", Ignored},
};
inline constexpr Row<pb::Order> kPayment[] = {
    {"method", Text<&pb::Order::mutable_payment_method>},
    {"", Ignored},
};
inline constexpr Row<pb::Order> kTotal[] = {
    {"sellingPrice", Amount<&pb::Order::mutable_total_selling_price, &pb::Order::clear_total_selling_price>},
    {"offerPrice", Amount<&pb::Order::mutable_total_offer_price, &pb::Order::clear_total_offer_price>},
};

template <>
struct Rows<pb::Order> {
  static constexpr Row<pb::Order> kAll[] = {
      {"orderId", Text<&pb::Order::mutable_order_id>},
      {"reference", Text<&pb::Order::mutable_reference>},
      {"businessOrder", Flag<&pb::Order::set_business_order>},
      {"salesChannel", Group<kSalesChannel>},
      {"seller", Group<kSeller>},
      {"customer", Group<kCustomer>},
      {"purchasedAt", Instant<&pb::Order::mutable_purchased_at, &pb::Order::clear_purchased_at>},
      {"createdAt", Instant<&pb::Order::mutable_created_at, &pb::Order::clear_created_at>},
      {"updatedAt", Instant<&pb::Order::mutable_updated_at, &pb::Order::clear_updated_at>},
      {"shippedAtMax", Instant<&pb::Order::mutable_ship_by, &pb::Order::clear_ship_by>},
      {"status", Text<&pb::Order::mutable_status_text>},
      {"payment", Group<kPayment>},
      {"currencyCode", Text<&pb::Order::mutable_currency>},
      {"billingAddress", ReadBillingAddress},
      {"totalPrice", Group<kTotal>},
      {"serviceFees", List<&pb::Order::add_service_fees, &pb::Order::clear_service_fees>},
      {"statusEvents", Ignored},
      {"lines", ReadLines},
  };
};

template <class Table, class T>
void OrderReader::ReadObject(const Table& rows, ondemand::value* value, T& into) {
  for (const auto& row : rows) row.read(*this, nullptr, into);
  if (value == nullptr) return;
  EachField(*value, [&](std::string_view key, ondemand::value field) {
    if (!ReadKey(rows, key, field, into)) NoteUnknown();
  });
}

template <class Table, class T>
bool OrderReader::ReadKey(const Table& rows, std::string_view key, ondemand::value value, T& into) {
  for (const auto& row : rows) {
    if (row.key != key && !row.key.empty()) continue;
    row.read(*this, &value, into);
    return true;
  }
  return false;
}

}  // namespace cdiscount::marketplace::rest
