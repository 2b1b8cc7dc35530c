#pragma once

#include <cstdint>
#include <limits>

#include "cdiscount/events/v1/order_recipients.pb.h"
#include "cdiscount/orders/v1/order.pb.h"
#include "marketplace/rest/order_reader.hpp"

// Inside rest/ only: which key of an order's JSON becomes which field of a message, a row per field. Source:
// docs/marketplace.md#orders.
namespace cdiscount::marketplace::rest {

/// Stands for a quantity that was not sent until the line is checked.
inline constexpr std::int64_t kNotSent = std::numeric_limits<std::int64_t>::min();

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

/// The keys that a shipping address has beside those of an address. A billing address has none of them.
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

}  // namespace cdiscount::marketplace::rest
