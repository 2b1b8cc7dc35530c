#include "domain/order.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "core/time_text.hpp"

namespace cdiscount::order_ingest {
namespace {

Error Broken(std::string field, std::string rule) {
  return {.code = ErrorCode::kInvalidArgument, .message = field + ": " + rule, .field = std::move(field)};
}

// Why a text cannot name an order or a channel in a database, on Kafka and on a terminal; empty when it can.
std::string UnfitAsId(std::string_view id) {
  if (id.empty()) return "is missing";
  if (id.size() > kLongestId) return "is longer than " + std::to_string(kLongestId) + " bytes";
  for (std::size_t i = 0; i < id.size(); ++i) {
    const auto byte = static_cast<unsigned char>(id[i]);
    const auto next = i + 1 < id.size() ? static_cast<unsigned char>(id[i + 1]) : 0U;
    const bool c1 = byte == 0xC2 && next >= 0x80 && next <= 0x9F;  // U+0080 to U+009F
    if (byte < 0x20 || byte == 0x7F || c1) return "holds a control character";
  }
  return {};
}

// One text for all spellings of a number ("1500.00" and "1.5e3" are "15e2"); what is no number stays as it is.
std::string ByValue(std::string_view text) {
  auto rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  std::int64_t exponent = 0;
  if (const auto e = rest.find_first_of("eE"); e != std::string_view::npos) {
    auto power = rest.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    int value = 0;
    const auto read = std::from_chars(power.data(), power.data() + power.size(), value);
    if (read.ec != std::errc{} || read.ptr != power.data() + power.size()) return std::string(text);
    exponent = value;
    rest = rest.substr(0, e);
  }
  std::string digits;
  bool behind_point = false;
  for (const char c : rest) {
    if (c == '.' && !behind_point) {
      behind_point = true;
    } else if (c >= '0' && c <= '9') {
      digits += c;
      exponent -= behind_point ? 1 : 0;
    } else {
      return std::string(text);
    }
  }
  if (digits.empty()) return std::string(text);
  const auto first = digits.find_first_not_of('0');
  if (first == std::string::npos) return "0";
  const auto last = digits.find_last_not_of('0');
  exponent += static_cast<std::int64_t>(digits.size() - 1 - last);
  return (negative ? "-" : "") + digits.substr(first, last + 1 - first) + "e" + std::to_string(exponent);
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
    part.Add("rate", ByValue(tax.rate));
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
    out.Add("commission.rate", ByValue(line.commission->rate));
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
  if (auto why = UnfitAsId(fields.key.order.value()); !why.empty()) return Broken("orderId", std::move(why));
  if (fields.key.seller.empty()) return Broken("seller", "is missing");
  if (auto why = UnfitAsId(fields.key.channel.value()); !why.empty()) return Broken("salesChannel", std::move(why));
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
