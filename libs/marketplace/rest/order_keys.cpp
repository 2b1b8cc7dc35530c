#include "marketplace/rest/order_keys.hpp"

namespace cdiscount::marketplace::rest {
namespace {

using events::v1::Address;
using events::v1::Recipient;

bool IsBlank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

/// Keeps the destination of a line that has been read.
void EndLine(OrderReader& reader, pb::OrderLine& line) {
  if (!reader.shipping) return;
  auto& point = *reader.shipping->mutable_pickup_point();
  if (IsBlank(point.id())) point.clear_id();
  if (IsBlank(point.name())) point.clear_name();
  if (!point.id().empty()) line.mutable_delivery()->set_to_pickup_point(true);  // docs/marketplace.md#addresses
  point.set_network(line.delivery().mode());
  if (point.id().empty() && point.name().empty()) reader.shipping->clear_pickup_point();
  reader.shippings.emplace_back(line.order_line_id(), std::move(*reader.shipping));
}

}  // namespace

void ReadOfferPrice(OrderReader& reader, ondemand::value* value, pb::OrderLine& into) {
  constexpr auto kCommission = Object<&pb::OrderLine::mutable_commission, &pb::OrderLine::clear_commission>;
  auto& price = *into.mutable_offer_price();
  kCommission(reader, nullptr, into);
  reader.ReadObject(Rows<pb::LinePrice>::kAll, nullptr, price);
  if (value == nullptr) return;
  reader.EachField(*value, [&](std::string_view key, ondemand::value field) {
    if (key == "commission") return kCommission(reader, &field, into);
    if (!reader.ReadKey(Rows<pb::LinePrice>::kAll, key, field, price)) reader.NoteUnknown();
  });
}

void ReadQuantity(OrderReader& reader, ondemand::value* value, pb::OrderLine& into) {
  std::optional<std::int64_t> quantity;
  if (value != nullptr) reader.Read(*value, quantity);
  into.set_quantity(quantity.value_or(kNotSent));
}

void ReadShippingAddress(OrderReader& reader, ondemand::value* value, pb::OrderLine& /*into*/) {
  reader.shipping.reset();
  if (value == nullptr) return;
  Recipient recipient;
  auto& address = *recipient.mutable_delivery_address();
  const bool is_object = reader.EachField(*value, [&](std::string_view key, ondemand::value field) {
    if (reader.ReadKey(Rows<Recipient>::kAll, key, field, recipient)) return;
    if (!reader.ReadKey(Rows<Address>::kAll, key, field, address)) reader.NoteUnknown();
  });
  if (is_object) reader.shipping = std::move(recipient);
}

void ReadBillingAddress(OrderReader& reader, ondemand::value* value, pb::Order& /*into*/) {
  reader.billing.reset();
  if (value == nullptr) return;
  Address address;
  Recipient not_used;
  const bool is_object = reader.EachField(*value, [&](std::string_view key, ondemand::value field) {
    if (reader.ReadKey(Rows<Recipient>::kAll, key, field, not_used)) return;
    if (!reader.ReadKey(Rows<Address>::kAll, key, field, address)) reader.NoteUnknown();
  });
  if (is_object) reader.billing = std::move(address);
}

void ReadLines(OrderReader& reader, ondemand::value* value, pb::Order& into) {
  into.clear_lines();
  reader.shippings.clear();
  if (value == nullptr) return;
  reader.EachElement(*value, [&](ondemand::value element) {
    auto& line = *into.add_lines();
    reader.ReadObject(Rows<pb::OrderLine>::kAll, &element, line);
    EndLine(reader, line);
  });
}

}  // namespace cdiscount::marketplace::rest
