#include "app/order_events.hpp"

#include <utility>

#include "cdiscount/events/v1/order_event.pb.h"
#include "crypto/uuid.hpp"
#include "domain/messages.hpp"
#include "rows/orders.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace pb = cdiscount::orders::v1;
namespace ev = cdiscount::events::v1;
using order_ingest::Set;

// The namespace of our event ids (UUIDv5). Never changes: an event that is published again has the same id.
constexpr std::string_view kEventIds = "5f0d2f5e-6c0b-5d8e-9a53-0c9a7d4f1b27";

SysTime TimeOf(const google::protobuf::Timestamp& in) {
  return SysTime{std::chrono::seconds{in.seconds()}} + std::chrono::microseconds{in.nanos() / 1000};
}

void Set(pb::Money* out, const Money& money) {
  out->set_minor_units(money.minor);
  out->set_currency(money.currency);
}

Money MoneyOf(const pb::Money& in) {
  return {.minor = in.minor_units(), .currency = in.currency()};
}

pb::OrderStatus ToProto(OrderStatus status) {
  switch (status) {
    case OrderStatus::kUnknown:
      return pb::ORDER_STATUS_UNKNOWN;
    case OrderStatus::kProcessing:
      return pb::ORDER_STATUS_PROCESSING;
    case OrderStatus::kWaitingAcceptance:
      return pb::ORDER_STATUS_WAITING_ACCEPTANCE;
    case OrderStatus::kAccepted:
      return pb::ORDER_STATUS_ACCEPTED;
    case OrderStatus::kRefused:
      return pb::ORDER_STATUS_REFUSED;
    case OrderStatus::kInPreparation:
      return pb::ORDER_STATUS_IN_PREPARATION;
    case OrderStatus::kShipped:
      return pb::ORDER_STATUS_SHIPPED;
    case OrderStatus::kDelivered:
      return pb::ORDER_STATUS_DELIVERED;
    case OrderStatus::kCancelled:
      return pb::ORDER_STATUS_CANCELLED;
    case OrderStatus::kRejected:
      return pb::ORDER_STATUS_REJECTED;
    case OrderStatus::kCancelRequest:
      return pb::ORDER_STATUS_CANCEL_REQUEST;
  }
  return pb::ORDER_STATUS_UNKNOWN;
}

ev::OrderEventType ToProto(OrderEventType type) {
  switch (type) {
    case OrderEventType::kReceived:
      return ev::ORDER_EVENT_TYPE_RECEIVED;
    case OrderEventType::kAccepted:
      return ev::ORDER_EVENT_TYPE_ACCEPTED;
    case OrderEventType::kRefused:
      return ev::ORDER_EVENT_TYPE_REFUSED;
    case OrderEventType::kReadyToShip:
      return ev::ORDER_EVENT_TYPE_READY_TO_SHIP;
    case OrderEventType::kChanged:
      return ev::ORDER_EVENT_TYPE_CHANGED;
    case OrderEventType::kShipped:
      return ev::ORDER_EVENT_TYPE_SHIPPED;
    case OrderEventType::kDelivered:
      return ev::ORDER_EVENT_TYPE_DELIVERED;
    case OrderEventType::kCancelled:
      return ev::ORDER_EVENT_TYPE_CANCELLED;
  }
  return ev::ORDER_EVENT_TYPE_CHANGED;
}

// An absent text is an absent mode; "Seller" in any case is SELLER, as every word of the marketplace is read.
pb::SupplyMode SupplyModeOf(std::string_view text) {
  const auto is = [&](std::string_view word) {
    return text.size() == word.size() &&
           std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  };
  if (text.empty()) return pb::SUPPLY_MODE_UNSPECIFIED;
  if (is("Seller")) return pb::SUPPLY_MODE_SELLER;
  if (is("Fulfillment")) return pb::SUPPLY_MODE_FULFILLMENT;
  if (is("Xdock")) return pb::SUPPLY_MODE_XDOCK;
  return pb::SUPPLY_MODE_UNKNOWN;
}

void Set(pb::LinePrice* out, const LinePrice& price) {
  if (price.unit) Set(out->mutable_unit_price(), *price.unit);
  if (price.shipping) Set(out->mutable_shipping(), *price.shipping);
  if (price.total) Set(out->mutable_total(), *price.total);
  for (const auto& tax : price.taxes) {
    auto* added = out->add_taxes();
    added->set_code(tax.code);
    added->set_target(tax.target);
    if (tax.amount) Set(added->mutable_amount(), *tax.amount);
    added->set_rate(tax.rate);
  }
}

LinePrice PriceOf(const pb::LinePrice& in) {
  LinePrice price;
  if (in.has_unit_price()) price.unit = MoneyOf(in.unit_price());
  if (in.has_shipping()) price.shipping = MoneyOf(in.shipping());
  if (in.has_total()) price.total = MoneyOf(in.total());
  for (const auto& tax : in.taxes()) {
    price.taxes.push_back({.code = tax.code(),
                           .target = tax.target(),
                           .amount = tax.has_amount() ? std::optional(MoneyOf(tax.amount())) : std::nullopt,
                           .rate = tax.rate()});
  }
  return price;
}

void Set(pb::OrderLine* out, const OrderLine& line) {
  out->set_order_line_id(line.id);
  out->set_status(ToProto(line.status));
  out->set_status_text(line.status_text);
  out->set_quantity(line.quantity);
  out->set_sku(line.sku.value());
  out->set_gtin(line.gtin);
  out->set_title(line.title);
  out->set_offer_id(line.offer_id);
  out->set_product_id(line.product_id);
  out->set_condition(line.condition);
  out->set_supply_mode(SupplyModeOf(line.supply_mode));
  out->set_supply_mode_text(line.supply_mode);
  Set(out->mutable_selling_price(), line.selling);
  Set(out->mutable_offer_price(), line.offer);
  if (line.commission) {
    auto* commission = out->mutable_commission();
    if (line.commission->without_vat) Set(commission->mutable_amount_without_vat(), *line.commission->without_vat);
    if (line.commission->with_vat) Set(commission->mutable_amount_with_vat(), *line.commission->with_vat);
    commission->set_rate(line.commission->rate);
  }
  auto* delivery = out->mutable_delivery();
  delivery->set_mode(line.delivery.mode);
  if (line.delivery.promised_min) Set(delivery->mutable_promised_at_min(), *line.delivery.promised_min);
  if (line.delivery.promised_max) Set(delivery->mutable_promised_at_max(), *line.delivery.promised_max);
  if (line.delivery.ship_by) Set(delivery->mutable_ship_by(), *line.delivery.ship_by);
  delivery->set_to_pickup_point(line.delivery.to_pickup_point);
  for (const auto& parcel : line.parcels) {
    auto* added = out->add_parcels();
    added->set_parcel_number(parcel.number);
    added->set_carrier_name(parcel.carrier);
    added->set_tracking_url(parcel.tracking_url);
  }
}

OrderLine LineOf(const pb::OrderLine& in) {
  OrderLine line;
  line.id = in.order_line_id();
  line.status = FromProto(in.status());
  line.status_text = in.status_text();
  line.quantity = in.quantity();
  line.sku = Sku{in.sku()};
  line.gtin = in.gtin();
  line.title = in.title();
  line.offer_id = in.offer_id();
  line.product_id = in.product_id();
  line.condition = in.condition();
  line.supply_mode = in.supply_mode_text();
  line.selling = PriceOf(in.selling_price());
  line.offer = PriceOf(in.offer_price());
  if (in.has_commission()) {
    Commission commission{.rate = in.commission().rate()};
    if (in.commission().has_amount_without_vat())
      commission.without_vat = MoneyOf(in.commission().amount_without_vat());
    if (in.commission().has_amount_with_vat()) commission.with_vat = MoneyOf(in.commission().amount_with_vat());
    line.commission = std::move(commission);
  }
  const auto& delivery = in.delivery();
  line.delivery.mode = delivery.mode();
  if (delivery.has_promised_at_min()) line.delivery.promised_min = TimeOf(delivery.promised_at_min());
  if (delivery.has_promised_at_max()) line.delivery.promised_max = TimeOf(delivery.promised_at_max());
  if (delivery.has_ship_by()) line.delivery.ship_by = TimeOf(delivery.ship_by());
  line.delivery.to_pickup_point = delivery.to_pickup_point();
  for (const auto& parcel : in.parcels()) {
    line.parcels.push_back(
        {.number = parcel.parcel_number(), .carrier = parcel.carrier_name(), .tracking_url = parcel.tracking_url()});
  }
  return line;
}

outbox::Event Blank(const NewVersion& version, std::string_view topic, std::int32_t ordinal, std::string type) {
  const auto& key = version.order.key();
  outbox::Event event;
  event.topic = topic;
  event.key = key.ToString();
  event.version = version.decision.version;
  event.ordinal = ordinal;
  event.id = crypto::UuidV5(kEventIds, key.ToString() + "/" + std::to_string(version.decision.version) + "/" + type +
                                           "/" + version.fingerprint.content + "/" + version.fingerprint.recipients);
  event.type = std::move(type);
  event.subject = key.order.value();
  event.time = version.observed_at;
  event.traceparent = version.traceparent;
  return event;
}

}  // namespace

OrderStatus FromProto(pb::OrderStatus status) {
  switch (status) {
    case pb::ORDER_STATUS_PROCESSING:
      return OrderStatus::kProcessing;
    case pb::ORDER_STATUS_WAITING_ACCEPTANCE:
      return OrderStatus::kWaitingAcceptance;
    case pb::ORDER_STATUS_ACCEPTED:
      return OrderStatus::kAccepted;
    case pb::ORDER_STATUS_REFUSED:
      return OrderStatus::kRefused;
    case pb::ORDER_STATUS_IN_PREPARATION:
      return OrderStatus::kInPreparation;
    case pb::ORDER_STATUS_SHIPPED:
      return OrderStatus::kShipped;
    case pb::ORDER_STATUS_DELIVERED:
      return OrderStatus::kDelivered;
    case pb::ORDER_STATUS_CANCELLED:
      return OrderStatus::kCancelled;
    case pb::ORDER_STATUS_REJECTED:
      return OrderStatus::kRejected;
    case pb::ORDER_STATUS_CANCEL_REQUEST:
      return OrderStatus::kCancelRequest;
    case pb::ORDER_STATUS_UNSPECIFIED:
    case pb::ORDER_STATUS_UNKNOWN:
    case pb::OrderStatus_INT_MIN_SENTINEL_DO_NOT_USE_:
    case pb::OrderStatus_INT_MAX_SENTINEL_DO_NOT_USE_:
      return OrderStatus::kUnknown;
  }
  return OrderStatus::kUnknown;
}

pb::Order ToProto(const Order& order) {
  const auto& fields = order.fields();
  pb::Order out;
  out.set_sales_channel_id(fields.key.channel.value());
  out.set_seller_id(fields.key.seller.value());
  out.set_order_id(fields.key.order.value());
  out.set_reference(fields.reference);
  out.set_status(ToProto(fields.status));
  out.set_status_text(fields.status_text);
  out.set_business_order(fields.business);
  out.set_customer_reference(fields.customer_reference);
  if (fields.purchased_at) Set(out.mutable_purchased_at(), *fields.purchased_at);
  if (fields.created_at) Set(out.mutable_created_at(), *fields.created_at);
  if (fields.updated_at) Set(out.mutable_updated_at(), *fields.updated_at);
  if (fields.ship_by) Set(out.mutable_ship_by(), *fields.ship_by);
  out.set_payment_method(fields.payment_method);
  out.set_currency(fields.currency);
  if (fields.total_selling) Set(out.mutable_total_selling_price(), *fields.total_selling);
  if (fields.total_offer) Set(out.mutable_total_offer_price(), *fields.total_offer);
  for (const auto& fee : fields.service_fees) {
    auto* added = out.add_service_fees();
    added->set_label(fee.label);
    if (fee.amount) Set(added->mutable_amount(), *fee.amount);
  }
  for (const auto& line : fields.lines) Set(out.add_lines(), line);
  return out;
}

Result<Order> FromProto(const pb::Order& in) {
  OrderFields fields;
  fields.key = {ChannelId{in.sales_channel_id()}, SellerId{in.seller_id()}, OrderId{in.order_id()}};
  fields.reference = in.reference();
  fields.status = FromProto(in.status());
  fields.status_text = in.status_text();
  fields.business = in.business_order();
  fields.customer_reference = in.customer_reference();
  if (in.has_purchased_at()) fields.purchased_at = TimeOf(in.purchased_at());
  if (in.has_created_at()) fields.created_at = TimeOf(in.created_at());
  if (in.has_updated_at()) fields.updated_at = TimeOf(in.updated_at());
  if (in.has_ship_by()) fields.ship_by = TimeOf(in.ship_by());
  fields.payment_method = in.payment_method();
  fields.currency = in.currency();
  if (in.has_total_selling_price()) fields.total_selling = MoneyOf(in.total_selling_price());
  if (in.has_total_offer_price()) fields.total_offer = MoneyOf(in.total_offer_price());
  for (const auto& fee : in.service_fees()) {
    fields.service_fees.push_back(
        {fee.label(), fee.has_amount() ? std::optional(MoneyOf(fee.amount())) : std::nullopt});
  }
  for (const auto& line : in.lines()) fields.lines.push_back(LineOf(line));
  auto order = Order::Create(std::move(fields));
  if (!order) return Error{.code = ErrorCode::kInternal, .message = "a stored order: " + order.error().message};
  return order;
}

std::string CloudEventType(OrderEventType type) {
  return "com.cdiscount-connect.order." + std::string(ToString(type)) + ".v1";
}

std::vector<outbox::Event> EventsOf(const NewVersion& version) {
  auto order = ToProto(version.order);
  std::vector<outbox::Event> events;

  ev::OrderEvent event;
  event.set_type(ToProto(version.decision.event));
  event.set_version(version.decision.version);
  if (version.previous_status) event.set_previous_status(ToProto(*version.previous_status));
  *event.mutable_order() = order;
  Set(event.mutable_observed_at(), version.observed_at);
  event.set_account_id(version.account.value());
  events.push_back(Blank(version, kEventsTopic, 0, CloudEventType(version.decision.event)));
  events.back().value = event.SerializeAsString();

  ev::OrderState state;
  state.set_version(version.decision.version);
  *state.mutable_order() = std::move(order);
  Set(state.mutable_observed_at(), version.observed_at);
  state.set_account_id(version.account.value());
  events.push_back(Blank(version, kStateTopic, 1, "com.cdiscount-connect.order.state.v1"));
  events.back().value = state.SerializeAsString();

  if (version.decision.recipients_changed) {
    // No value: the recipients are read when the row is published, so that what was erased meanwhile stays erased.
    events.push_back(Blank(version, kRecipientsTopic, 2, "com.cdiscount-connect.order.recipients.v1"));
  }
  return events;
}

outbox::RelayOptions RelayFor(const kafka::KafkaOptions& kafka, const crypto::SealedBox& box) {
  return {.service = "order-ingest",
          .kafka = kafka,
          .topics = {{.name = std::string(kEventsTopic)},
                     {.name = std::string(kStateTopic), .compacted = true},
                     {.name = std::string(kRecipientsTopic),
                      .compacted = true,
                      .value_reader = [&box](store::Session& session, const std::string& key, std::int64_t) {
                        return rows::ReadRecipients(session, box, key);
                      }}}};
}

}  // namespace cdiscount::order_ingest
