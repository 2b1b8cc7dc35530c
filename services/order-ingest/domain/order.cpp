#include "domain/order.hpp"

#include <algorithm>
#include <utility>

#include "core/time_text.hpp"

namespace cdiscount::order_ingest {
namespace {

Error Broken(std::string field, std::string rule) {
  return {.code = ErrorCode::kInvalidArgument, .message = field + ": " + rule, .field = std::move(field)};
}

// Writes "name=<length>:value;" so that no value can be mistaken for another field.
class Canonical {
 public:
  void Add(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    text_.append(name).append("=").append(std::to_string(value.size())).append(":").append(value).append(";");
  }
  void Add(std::string_view name, const std::optional<SysTime>& value) {
    if (value) Add(name, FormatIso8601(*value));
  }
  void Add(std::string_view name, const std::optional<Money>& value) {
    if (value) Add(name, std::to_string(value->minor) + " " + value->currency);
  }
  void Add(std::string_view name, bool value) { Add(name, value ? std::string_view("true") : std::string_view()); }

  /// A list whose order says nothing: its parts are sorted.
  template <class Items, class Write>
  void AddAll(std::string_view name, const Items& items, Write write) {
    std::vector<std::string> parts;
    parts.reserve(items.size());
    for (const auto& item : items) {
      Canonical part;
      write(part, item);
      parts.push_back(std::move(part.text_));
    }
    std::sort(parts.begin(), parts.end());
    for (const auto& part : parts) Add(name, part.empty() ? std::string_view("-") : std::string_view(part));
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

void Write(Canonical& out, std::string_view side, const LinePrice& price) {
  const std::string prefix(side);
  out.Add(prefix + ".unit", price.unit);
  out.Add(prefix + ".shipping", price.shipping);
  out.Add(prefix + ".total", price.total);
  out.AddAll(prefix + ".tax", price.taxes, [](Canonical& part, const Tax& tax) {
    part.Add("code", tax.code);
    part.Add("target", tax.target);
    part.Add("amount", tax.amount);
    part.Add("rate", tax.rate);
  });
}

void Write(Canonical& out, const OrderLine& line) {
  out.Add("id", line.id);
  out.Add("status", line.status_text);
  out.Add("quantity", std::to_string(line.quantity));
  out.Add("sku", line.sku.value());
  out.Add("gtin", line.gtin);
  out.Add("title", line.title);
  out.Add("offer", line.offer_id);
  out.Add("product", line.product_id);
  out.Add("condition", line.condition);
  out.Add("supply", line.supply_mode);
  Write(out, "selling", line.selling);
  Write(out, "seller", line.offer);
  if (line.commission) {
    out.Add("commission.without", line.commission->without_vat);
    out.Add("commission.with", line.commission->with_vat);
    out.Add("commission.rate", line.commission->rate);
  }
  out.Add("mode", line.delivery.mode);
  out.Add("promised.min", line.delivery.promised_min);
  out.Add("promised.max", line.delivery.promised_max);
  out.Add("line.ship_by", line.delivery.ship_by);
  out.Add("pickup", line.delivery.to_pickup_point);
  out.AddAll("parcel", line.parcels, [](Canonical& part, const Parcel& parcel) {
    part.Add("number", parcel.number);
    part.Add("carrier", parcel.carrier);
    part.Add("url", parcel.tracking_url);
  });
}

}  // namespace

Result<Order> Order::Create(OrderFields fields) {
  if (fields.key.order.empty()) return Broken("orderId", "is missing");
  if (fields.key.seller.empty()) return Broken("seller", "is missing");
  if (fields.key.channel.empty()) return Broken("salesChannel", "is missing");
  if (fields.status_text.empty()) return Broken("status", "is missing");
  for (std::size_t i = 0; i < fields.lines.size(); ++i) {
    const auto at = "lines[" + std::to_string(i) + "]";
    if (fields.lines[i].id.empty()) return Broken(at + ".orderLineId", "is missing");
    if (fields.lines[i].quantity < 0) return Broken(at + ".quantity", "is negative");
  }
  return Order(std::move(fields));
}

Order Order::WithStatus(OrderStatus status) const {
  auto fields = fields_;
  fields.status = status;
  return Order(std::move(fields));
}

std::string CanonicalContent(const Order& order) {
  const auto& fields = order.fields();
  Canonical out;
  out.Add("key", fields.key.ToString());
  out.Add("reference", fields.reference);
  out.Add("status", fields.status_text);
  out.Add("business", fields.business);
  out.Add("customer", fields.customer_reference);
  out.Add("purchased", fields.purchased_at);
  out.Add("created", fields.created_at);
  out.Add("ship_by", fields.ship_by);
  out.Add("payment", fields.payment_method);
  out.Add("currency", fields.currency);
  out.Add("selling", fields.total_selling);
  out.Add("offer", fields.total_offer);
  out.AddAll("fee", fields.service_fees, [](Canonical& part, const ServiceFee& fee) {
    part.Add("label", fee.label);
    part.Add("amount", fee.amount);
  });
  out.AddAll("line", fields.lines, [](Canonical& part, const OrderLine& line) { Write(part, line); });
  return out.Take();
}

}  // namespace cdiscount::order_ingest
