#pragma once

#include <limits>

#include "marketplace/rest/json_reader.hpp"
#include "marketplace/types.hpp"

// Inside rest/ only: which key of an order's JSON is which member. Source: octopia-rest-v2.md, 3.4.
namespace cdiscount::marketplace::rest {

/// Stands for a quantity that was not sent until the line is checked.
inline constexpr std::int64_t kNoQuantity = std::numeric_limits<std::int64_t>::min();

template <>
struct Fields<TaxDto> {
  static constexpr Field<TaxDto> kAll[] = {
      {"code", ReadMember<&TaxDto::code>},
      {"target", ReadMember<&TaxDto::target>},
      {"amount", ReadMember<&TaxDto::amount>},
      {"rate", ReadMember<&TaxDto::rate>},
  };
};

template <>
struct Fields<CommissionDto> {
  static constexpr Field<CommissionDto> kAll[] = {
      {"amountWithoutVat", ReadMember<&CommissionDto::amount_without_vat>},
      {"amountWithVat", ReadMember<&CommissionDto::amount_with_vat>},
      {"rate", ReadMember<&CommissionDto::rate>},
  };
};

template <>
struct Fields<LinePriceDto> {
  static constexpr Field<LinePriceDto> kAll[] = {
      {"unitSalesPrice", ReadMember<&LinePriceDto::unit_sales_price>},
      {"shippingCost", ReadMember<&LinePriceDto::shipping_cost>},
      {"taxes", ReadMember<&LinePriceDto::taxes>},
      {"commission", ReadMember<&LinePriceDto::commission>},
  };
};

template <>
struct Fields<TotalPriceDto> {
  static constexpr Field<TotalPriceDto> kAll[] = {
      {"sellingPrice", ReadMember<&TotalPriceDto::selling_price>},
      {"offerPrice", ReadMember<&TotalPriceDto::offer_price>},
  };
};

template <>
struct Fields<AddressDto> {
  static constexpr Field<AddressDto> kAll[] = {
      {"civility", ReadMember<&AddressDto::civility>},
      {"firstName", ReadMember<&AddressDto::first_name>},
      {"lastName", ReadMember<&AddressDto::last_name>},
      {"companyName", ReadMember<&AddressDto::company_name>},
      {"companyVatNumber", ReadMember<&AddressDto::company_vat_number>},
      {"addressLine1", ReadMember<&AddressDto::address_line1>},
      {"addressLine2", ReadMember<&AddressDto::address_line2>},
      {"addressLine3", ReadMember<&AddressDto::address_line3>},
      {"postalCode", ReadMember<&AddressDto::postal_code>},
      {"city", ReadMember<&AddressDto::city>},
      {"stateOrRegion", ReadMember<&AddressDto::state_or_region>},
      {"countryCode", ReadMember<&AddressDto::country_code>},
      {"phone", ReadMember<&AddressDto::phone>},
      {"email", ReadMember<&AddressDto::email>},
      {"pickupId", ReadMember<&AddressDto::pickup_id>},
      {"pickupName", ReadMember<&AddressDto::pickup_name>},
  };
};

template <>
struct Fields<OfferDto> {
  static constexpr Field<OfferDto> kAll[] = {
      {"id", ReadMember<&OfferDto::id>},
      {"sellerProductId", ReadMember<&OfferDto::seller_product_id>},
      {"productId", ReadMember<&OfferDto::product_id>},
      {"productTitle", ReadMember<&OfferDto::product_title>},
      {"productGtin", ReadMember<&OfferDto::product_gtin>},
      {"condition", ReadMember<&OfferDto::condition>},
      {"supplyMode", ReadMember<&OfferDto::supply_mode>},
  };
};

template <>
struct Fields<DeliveryDto> {
  static constexpr Field<DeliveryDto> kAll[] = {
      {"mode", ReadMember<&DeliveryDto::mode>},
      {"promisedAtMin", ReadMember<&DeliveryDto::promised_at_min>},
      {"promisedAtMax", ReadMember<&DeliveryDto::promised_at_max>},
      {"shippedAtMax", ReadMember<&DeliveryDto::shipped_at_max>},
  };
};

template <>
struct Fields<ParcelDto> {
  static constexpr Field<ParcelDto> kAll[] = {
      {"parcelNumber", ReadMember<&ParcelDto::parcel_number>},
      {"carrierName", ReadMember<&ParcelDto::carrier_name>},
      {"trackingUrl", ReadMember<&ParcelDto::tracking_url>},
  };
};

template <>
struct Fields<ServiceFeeDto> {
  static constexpr Field<ServiceFeeDto> kAll[] = {
      {"label", ReadMember<&ServiceFeeDto::label>},
      {"amount", ReadMember<&ServiceFeeDto::amount>},
  };
};

template <>
inline OrderLineDto Fresh<OrderLineDto>() {
  OrderLineDto line;
  line.quantity = kNoQuantity;
  return line;
}

inline void ReadQuantity(JsonReader& reader, ondemand::value value, OrderLineDto& into) {
  std::optional<std::int64_t> quantity;
  reader.Read(value, quantity);
  into.quantity = quantity.value_or(kNoQuantity);
}

template <>
struct Fields<OrderLineDto> {
  static constexpr Field<OrderLineDto> kAll[] = {
      {"orderLineId", ReadMember<&OrderLineDto::order_line_id>},
      {"status", ReadMember<&OrderLineDto::status>},
      {"quantity", ReadQuantity},
      {"totalPrice", ReadMember<&OrderLineDto::total_price>},
      {"sellingPrice", ReadMember<&OrderLineDto::selling_price>},
      {"offerPrice", ReadMember<&OrderLineDto::offer_price>},
      {"offer", ReadMember<&OrderLineDto::offer>},
      {"delivery", ReadMember<&OrderLineDto::delivery>},
      {"shippingAddress", ReadMember<&OrderLineDto::shipping_address>},
      {"parcels", ReadMember<&OrderLineDto::parcels>},
      {"productAttributes", ReadMember<&OrderLineDto::product_attributes>},
      {"statusEvents", ReadMember<&OrderLineDto::status_events>},
  };
};

/// Reads the one key of an object that has only one of interest, as {"id": "98979"}.
template <auto kMember>
void ReadId(JsonReader& reader, ondemand::value value, OrderDto& into) {
  reader.EachField(value, [&](std::string_view key, ondemand::value field) {
    if (key == "id") reader.Read(field, into.*kMember);
  });
}

inline void ReadSalesChannel(JsonReader& reader, ondemand::value value, OrderDto& into) {
  reader.EachField(value, [&](std::string_view key, ondemand::value field) {
    if (key == "id") reader.Read(field, into.sales_channel_id);
    if (key == "name") reader.Read(field, into.sales_channel_name);
  });
}

inline void ReadCustomer(JsonReader& reader, ondemand::value value, OrderDto& into) {
  reader.EachField(value, [&](std::string_view key, ondemand::value field) {
    if (key == "reference") reader.Read(field, into.customer_reference);
  });
}

inline void ReadPayment(JsonReader& reader, ondemand::value value, OrderDto& into) {
  reader.EachField(value, [&](std::string_view key, ondemand::value field) {
    if (key == "method") reader.Read(field, into.payment_method);
  });
}

template <>
struct Fields<OrderDto> {
  static constexpr Field<OrderDto> kAll[] = {
      {"orderId", ReadMember<&OrderDto::order_id>},
      {"reference", ReadMember<&OrderDto::reference>},
      {"businessOrder", ReadMember<&OrderDto::business_order>},
      {"salesChannel", ReadSalesChannel},
      {"seller", ReadId<&OrderDto::seller_id>},
      {"customer", ReadCustomer},
      {"purchasedAt", ReadMember<&OrderDto::purchased_at>},
      {"createdAt", ReadMember<&OrderDto::created_at>},
      {"updatedAt", ReadMember<&OrderDto::updated_at>},
      {"shippedAtMax", ReadMember<&OrderDto::shipped_at_max>},
      {"status", ReadMember<&OrderDto::status>},
      {"payment", ReadPayment},
      {"currencyCode", ReadMember<&OrderDto::currency_code>},
      {"billingAddress", ReadMember<&OrderDto::billing_address>},
      {"totalPrice", ReadMember<&OrderDto::total_price>},
      {"serviceFees", ReadMember<&OrderDto::service_fees>},
      {"statusEvents", ReadMember<&OrderDto::status_events>},
      {"lines", ReadMember<&OrderDto::lines>},
  };
};

}  // namespace cdiscount::marketplace::rest
