#include "app/order_mapping.hpp"

#include <map>
#include <utility>

namespace cdiscount::order_ingest {
namespace {

using namespace marketplace;  // the DTOs: every name below that ends in Dto

// Amounts carry the order's currency, which stands at order level only (octopia-rest-v2.md, 3.4). What is no number is
// absent: a strange price must not keep an order from being announced.
class Amounts {
 public:
  explicit Amounts(std::string currency) : currency_(std::move(currency)), digits_(MinorDigits(currency_)) {}

  std::optional<Money> operator()(const Decimal& decimal) const {
    const auto minor = ParseMinorUnits(decimal.text, digits_);
    if (!minor) return std::nullopt;
    return Money{.minor = *minor, .currency = currency_};
  }

 private:
  std::string currency_;
  int digits_;
};

LinePrice PriceFrom(const LinePriceDto& dto, const Decimal& total, const Amounts& amount) {
  LinePrice price{.unit = amount(dto.unit_sales_price), .shipping = amount(dto.shipping_cost), .total = amount(total)};
  for (const auto& tax : dto.taxes) {
    price.taxes.push_back(
        {.code = tax.code, .target = tax.target, .amount = amount(tax.amount), .rate = tax.rate.text});
  }
  return price;
}

// Blank is absent.
bool IsBlank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

// Each part may come without the other.
std::optional<PickupPoint> PickupPointOf(const OrderLineDto& line) {
  if (!line.shipping_address) return std::nullopt;
  const auto& from = *line.shipping_address;
  PickupPoint point{.network = line.delivery.mode,
                    .id = IsBlank(from.pickup_id) ? std::string{} : from.pickup_id,
                    .name = IsBlank(from.pickup_name) ? std::string{} : from.pickup_name};
  if (point.id.empty() && point.name.empty()) return std::nullopt;
  return point;
}

OrderLine LineFrom(const OrderLineDto& dto, const Amounts& amount) {
  OrderLine line;
  line.id = dto.order_line_id;
  line.status = ParseOrderStatus(dto.status);
  line.status_text = dto.status;
  line.quantity = dto.quantity;
  line.sku = Sku{dto.offer.seller_product_id};
  line.gtin = dto.offer.product_gtin;
  line.title = dto.offer.product_title;
  line.offer_id = dto.offer.id;
  line.product_id = dto.offer.product_id;
  line.condition = dto.offer.condition;
  line.supply_mode = dto.offer.supply_mode;
  line.selling = PriceFrom(dto.selling_price, dto.total_price.selling_price, amount);
  line.offer = PriceFrom(dto.offer_price, dto.total_price.offer_price, amount);
  if (const auto& commission = dto.offer_price.commission) {
    line.commission = Commission{.without_vat = amount(commission->amount_without_vat),
                                 .with_vat = amount(commission->amount_with_vat),
                                 .rate = commission->rate.text};
  }
  line.delivery = {.mode = dto.delivery.mode,
                   .promised_min = dto.delivery.promised_at_min,
                   .promised_max = dto.delivery.promised_at_max,
                   .ship_by = dto.delivery.shipped_at_max,
                   .to_pickup_point = dto.shipping_address && !IsBlank(dto.shipping_address->pickup_id)};
  for (const auto& parcel : dto.parcels) {
    line.parcels.push_back(
        {.number = parcel.parcel_number, .carrier = parcel.carrier_name, .tracking_url = parcel.tracking_url});
  }
  return line;
}

Address AddressFrom(const AddressDto& dto) {
  return {.civility = dto.civility,
          .first_name = dto.first_name,
          .last_name = dto.last_name,
          .company_name = dto.company_name,
          .company_vat_number = dto.company_vat_number,
          .line1 = dto.address_line1,
          .line2 = dto.address_line2,
          .line3 = dto.address_line3,
          .postal_code = dto.postal_code,
          .city = dto.city,
          .state_or_region = Pii{dto.state_or_region},
          .country_code = dto.country_code};
}

}  // namespace

Result<Order> OrderFrom(const OrderDto& dto, const SellerRef& account) {
  if (!dto.seller_id.empty() && dto.seller_id != account.seller.value()) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .message = "seller.id: names another seller than the one the orders were asked for (" +
                            account.seller.value() + ")",
                 .field = "seller.id"};
  }
  const Amounts amount(dto.currency_code);
  OrderFields fields;
  fields.key.channel = dto.sales_channel_id.empty() ? account.channel : ChannelId{dto.sales_channel_id};
  fields.key.seller = account.seller;
  fields.key.order = OrderId{dto.order_id};
  fields.reference = dto.reference;
  fields.status = ParseOrderStatus(dto.status);
  fields.status_text = dto.status;
  fields.business = dto.business_order.value_or(false);
  fields.customer_reference = dto.customer_reference;
  fields.purchased_at = dto.purchased_at;
  fields.created_at = dto.created_at;
  fields.updated_at = dto.updated_at;
  fields.ship_by = dto.shipped_at_max;
  fields.payment_method = dto.payment_method;
  fields.currency = dto.currency_code;
  fields.total_selling = amount(dto.total_price.selling_price);
  fields.total_offer = amount(dto.total_price.offer_price);
  for (const auto& fee : dto.service_fees) fields.service_fees.push_back({fee.label, amount(fee.amount)});
  for (const auto& line : dto.lines) fields.lines.push_back(LineFrom(line, amount));
  return Order::Create(std::move(fields));
}

Recipients RecipientsFrom(const OrderDto& dto) {
  Recipients recipients;
  std::map<std::string, std::size_t> places;  // by all that is told of one: an order may have any number of lines
  if (dto.billing_address) recipients.billing = AddressFrom(*dto.billing_address);
  for (const auto& line : dto.lines) {
    if (!line.shipping_address) continue;
    const auto& from = *line.shipping_address;
    Recipient recipient{.line_ids = {},
                        .address = AddressFrom(from),
                        .phone = from.phone,
                        .email = from.email,
                        .pickup_point = PickupPointOf(line)};
    const auto place = CanonicalRecipients({.billing = std::nullopt, .deliveries = {recipient}});
    const auto [known, is_new] = places.emplace(place, recipients.deliveries.size());
    if (is_new) recipients.deliveries.push_back(std::move(recipient));
    recipients.deliveries[known->second].line_ids.push_back(line.order_line_id);
  }
  return recipients;
}

}  // namespace cdiscount::order_ingest
