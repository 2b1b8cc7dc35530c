#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/secret.hpp"

// What the marketplace sends, as far as it was understood, whatever the wire format. All facts: octopia-rest-v2.md, 3.4
// and 8. The marketplace may leave out, or send null for, everything but an order's id and status and its lines' ids
// and quantities. So: an empty text or list, or an empty optional, is a fact that was not sent.
namespace cdiscount::marketplace {

/// A number exactly as it stands in the answer ("144.99", "4.9", "1e2"): money is never read through a double.
struct Decimal {
  std::string text;

  bool empty() const { return text.empty(); }
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// A part of the answer whose inner shape nobody documents, as JSON text.
struct RawJson {
  std::string text;

  bool empty() const { return text.empty(); }
  friend bool operator==(const RawJson&, const RawJson&) = default;
};

struct TaxDto {
  std::string code;    ///< "VAT"; upper and lower case vary.
  std::string target;  ///< "Price".
  Decimal amount;
  Decimal rate;

  friend bool operator==(const TaxDto&, const TaxDto&) = default;
};

struct CommissionDto {
  Decimal amount_without_vat;  ///< For the whole line.
  Decimal amount_with_vat;     ///< For the whole line.
  Decimal rate;                ///< Hundredths of a percent: 800 = 8 %.

  friend bool operator==(const CommissionDto&, const CommissionDto&) = default;
};

/// What the buyer pays for a line, or the seller's side of it.
struct LinePriceDto {
  Decimal unit_sales_price;  ///< For one piece, VAT included.
  Decimal shipping_cost;     ///< For the whole line.
  std::vector<TaxDto> taxes;
  std::optional<CommissionDto> commission;  ///< On the seller's side only.

  friend bool operator==(const LinePriceDto&, const LinePriceDto&) = default;
};

struct TotalPriceDto {
  Decimal selling_price;  ///< What the buyer pays.
  Decimal offer_price;

  friend bool operator==(const TotalPriceDto&, const TotalPriceDto&) = default;
};

/// A billing or shipping address. Only a shipping address has a phone, an e-mail and a pick-up point.
struct AddressDto {
  Pii civility;
  Pii first_name;
  Pii last_name;
  Pii company_name;
  Pii company_vat_number;
  Pii address_line1;
  Pii address_line2;
  Pii address_line3;
  Pii postal_code;
  Pii city;
  std::string state_or_region;
  std::string country_code;  ///< ISO 3166, two letters.
  Pii phone;
  Pii email;              ///< May be a relay address.
  std::string pickup_id;  ///< Of the pick-up point: never mistake its address for the buyer's home.
  std::string pickup_name;

  friend bool operator==(const AddressDto&, const AddressDto&) = default;
};

struct OfferDto {
  std::string id;
  std::string seller_product_id;  ///< The seller's SKU.
  std::string product_id;         ///< Octopia's product reference.
  std::string product_title;
  std::string product_gtin;
  std::string condition;    ///< "New".
  std::string supply_mode;  ///< "Seller", "Fulfillment", "Xdock": who ships.

  friend bool operator==(const OfferDto&, const OfferDto&) = default;
};

struct DeliveryDto {
  std::string mode;  ///< The label: "TrackedHomeDelivery".
  std::optional<SysTime> promised_at_min;
  std::optional<SysTime> promised_at_max;
  std::optional<SysTime> shipped_at_max;

  friend bool operator==(const DeliveryDto&, const DeliveryDto&) = default;
};

struct ParcelDto {
  std::string parcel_number;
  std::string carrier_name;
  std::string tracking_url;

  friend bool operator==(const ParcelDto&, const ParcelDto&) = default;
};

struct ServiceFeeDto {
  std::string label;
  Decimal amount;

  friend bool operator==(const ServiceFeeDto&, const ServiceFeeDto&) = default;
};

struct OrderLineDto {
  std::string order_line_id;  ///< Certain.
  std::string status;
  std::int64_t quantity = 0;  ///< Certain.
  TotalPriceDto total_price;  ///< For the whole line; shipping seems not to be in it.
  LinePriceDto selling_price;
  LinePriceDto offer_price;
  OfferDto offer;
  DeliveryDto delivery;
  std::optional<AddressDto> shipping_address;  ///< Only from InPreparation on.
  std::vector<ParcelDto> parcels;
  RawJson product_attributes;
  std::vector<RawJson> status_events;

  friend bool operator==(const OrderLineDto&, const OrderLineDto&) = default;
};

struct OrderDto {
  std::string order_id;  ///< Certain. Opaque.
  std::string reference;
  std::optional<bool> business_order;
  std::string sales_channel_id;  ///< "CDISFR".
  std::string sales_channel_name;
  std::string seller_id;
  std::string customer_reference;  ///< An anonymous key.
  std::optional<SysTime> purchased_at;
  std::optional<SysTime> created_at;
  std::optional<SysTime> updated_at;
  std::optional<SysTime> shipped_at_max;  ///< Ship by.
  std::string status;  ///< Certain. The marketplace's own word; it may be one nobody has seen before.
  std::string payment_method;
  std::string currency_code;  ///< ISO 4217, for every amount of the order.
  std::optional<AddressDto> billing_address;
  TotalPriceDto total_price;
  std::vector<ServiceFeeDto> service_fees;
  std::vector<RawJson> status_events;
  std::vector<OrderLineDto> lines;

  friend bool operator==(const OrderDto&, const OrderDto&) = default;
};

struct SellerDto {
  std::string seller_id;
  std::string login;
  std::string shop_name;
  std::string shop_url;
  std::string seller_state;               ///< "Activated", "Deactivated", "PutOnNotice".
  std::string seller_sub_state;           ///< "ActiveSeller", "Holidays", "BannedSeller".
  std::string subscription_step;          ///< "Finished" when the subscription is complete.
  std::optional<bool> auto_accept_order;  ///< False: orders may wait in WaitingAcceptance.
  std::string fulfillment_profile_id;
  std::string language;
  std::optional<SysTime> creation_date;

  friend bool operator==(const SellerDto&, const SellerDto&) = default;
};

}  // namespace cdiscount::marketplace
