#include "simulator/world/order_json.hpp"

#include <fmt/core.h>

#include "simulator/world/json_writer.hpp"

namespace cdiscount::simulator {
namespace {

// "2026-10-06T15:30:00+00:00", or with "Z": the marketplace writes whole seconds, and UTC in both ways (9 row 26).
std::string Stamp(SysTime time, std::string_view zone) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), zone);
}

std::int64_t Rounded(std::int64_t numerator, std::int64_t denominator) {
  return (numerator + denominator / 2) / denominator;
}

// One rendering: the writer plus what shall be odd. `Soft` writes a field that a client may not rely on.
class Renderer {
 public:
  Renderer(std::string& out, const Oddity& oddity, std::uint64_t showing)
      : json_(out), out_(out), oddity_(oddity), showing_(showing) {}

  void WriteOrder(const Order& order);

 private:
  template <class Write>
  void Soft(std::string_view key, Write write) {
    if (oddity_.absent_fields) return;
    json_.Key(key);
    if (oddity_.null_fields) {
      json_.Null();
    } else {
      write();
    }
  }
  void SoftText(std::string_view key, std::string_view text) {
    Soft(key, [&] { json_.String(text); });
  }
  void SoftTime(std::string_view key, const std::optional<SysTime>& time) {
    Soft(key, [&] { time ? json_.String(Stamp(*time, zone_)) : json_.Null(); });
  }
  std::string_view Word(std::string_view known, std::string_view unknown) {
    return oddity_.unknown_enum ? unknown : known;
  }
  void Unknown() {
    if (!oddity_.unknown_fields) return;
    json_.Key("x_unknownField");
    json_.Raw(R"({"nested":[1,2.5e3,null,{"deep":"ça \u00e9tait"}]})");
  }
  void WriteAddress(const Address& address, bool shipping);
  void WriteTotal(std::int64_t minor);
  void WriteTaxes(const OrderLine& line);
  void WriteOfferPrice(const OrderLine& line);
  void WriteOffer(const Order& order, const OrderLine& line);
  void WriteLine(const Order& order, const OrderLine& line);

  JsonWriter json_;
  std::string& out_;
  const Oddity& oddity_;
  std::uint64_t showing_;
  std::string_view zone_;
};

void Renderer::WriteAddress(const Address& address, bool shipping) {
  json_.BeginObject();
  SoftText("civility", address.civility);
  SoftText("firstName", address.first_name);
  SoftText("lastName", address.last_name);
  Soft("companyName", [&] { json_.StringOrNull(address.company_name); });
  Soft("companyVatNumber", [&] { json_.StringOrNull(address.company_vat_number); });
  SoftText("addressLine1", address.line1);
  Soft("addressLine2", [&] { json_.StringOrNull(address.line2); });
  Soft("addressLine3", [&] { json_.StringOrNull(address.line3); });
  SoftText("postalCode", address.postal_code);
  SoftText("city", address.city);
  Soft("stateOrRegion", [&] { json_.StringOrNull(address.state_or_region); });
  SoftText("countryCode", address.country_code);
  if (shipping) {
    Soft("pickupName", [&] { json_.StringOrNull(address.pickup_name); });
    Soft("pickupId", [&] { json_.StringOrNull(address.pickup_id); });
    SoftText("phone", address.phone);
    SoftText("email", address.email);
  }
  Unknown();
  json_.EndObject();
}

void Renderer::WriteTotal(std::int64_t minor) {
  Soft("totalPrice", [&] {
    json_.BeginObject();
    json_.Key("offerPrice");
    json_.Amount(minor);
    json_.Key("sellingPrice");
    json_.Amount(minor);
    json_.EndObject();
  });
}

void Renderer::WriteTaxes(const OrderLine& line) {
  Soft("taxes", [&] {
    json_.BeginArray();
    json_.BeginObject();
    json_.Key("code");
    json_.String("VAT");
    json_.Key("target");
    json_.String("Price");
    json_.Key("amount");
    json_.Amount(Rounded(line.unit_minor * line.quantity, 6));  // 20 % of the net price is a sixth of the gross one
    json_.Key("rate");
    json_.Int(2000);
    json_.EndObject();
    json_.EndArray();
  });
}

void Renderer::WriteOfferPrice(const OrderLine& line) {
  const auto base = line.unit_minor * line.quantity + line.shipping_minor;
  json_.BeginObject();
  json_.Key("unitSalesPrice");
  json_.Amount(line.unit_minor);
  json_.Key("shippingCost");
  json_.Amount(line.shipping_minor);
  Soft("commission", [&] {
    json_.BeginObject();
    json_.Key("amountWithVat");
    json_.Amount(Rounded(base * line.commission_rate * 12, 100'000));
    json_.Key("amountWithoutVat");
    json_.Amount(Rounded(base * line.commission_rate, 10'000));
    json_.Key("rate");
    json_.Int(line.commission_rate);
    json_.EndObject();
  });
  WriteTaxes(line);
  json_.EndObject();
}

void Renderer::WriteOffer(const Order& order, const OrderLine& line) {
  json_.BeginObject();
  SoftText("id", fmt::format("{}_{}_{}_CDISFR", order.seller, line.product->gtin, line.condition));
  SoftText("sellerProductId", line.product->sku);
  SoftText("supplyMode", Word(ToText(line.supply), "DropShip"));
  SoftText("productId", "AUC" + line.product->gtin);
  SoftText("productTitle", line.product->title);
  Soft("productGtin", [&] { line.gtin_known ? json_.String(line.product->gtin) : json_.Null(); });
  SoftText("condition", Word(line.condition, "OpenBox"));
  Unknown();
  json_.EndObject();
}

void Renderer::WriteLine(const Order& order, const OrderLine& line) {
  json_.BeginObject();
  if (!oddity_.missing_certain) {
    json_.Key("orderLineId");
    json_.String(line.id);
  }
  json_.Key("status");
  json_.String(Word(ToText(line.status), "OnHold"));
  json_.Key("quantity");
  if (oddity_.wrong_types) {
    json_.String("deux");
  } else {
    json_.Int(line.quantity);
  }
  WriteTotal(line.unit_minor * line.quantity);
  Soft("offerPrice", [&] { WriteOfferPrice(line); });
  Soft("sellingPrice", [&] {
    json_.BeginObject();
    json_.Key("unitSalesPrice");
    json_.Amount(line.unit_minor);
    json_.Key("shippingCost");
    json_.Amount(line.shipping_minor);
    WriteTaxes(line);
    json_.EndObject();
  });
  Soft("offer", [&] { WriteOffer(order, line); });
  Soft("delivery", [&] {
    json_.BeginObject();
    SoftText("mode", Word(line.delivery_mode, "DroneDelivery"));
    SoftTime("promisedAtMin", line.promised_min);
    SoftTime("promisedAtMax", line.promised_max);
    SoftTime("shippedAtMax", order.ship_by);
    json_.EndObject();
  });
  Soft("parcels", [&] {
    json_.BeginArray();
    for (const auto& parcel : line.parcels) {
      json_.BeginObject();
      json_.Key("parcelNumber");
      json_.String(parcel.number);
      json_.Key("carrierName");
      json_.String(parcel.carrier);
      json_.Key("trackingUrl");
      json_.StringOrNull(parcel.tracking_url);
      json_.EndObject();
    }
    json_.EndArray();
  });
  Soft("productAttributes", [&] { json_.Null(); });
  Soft("statusEvents", [&] { json_.Raw("[]"); });
  if (order.address_released) Soft("shippingAddress", [&] { WriteAddress(*order.shipping, true); });
  Unknown();
  json_.EndObject();
}

void Renderer::WriteOrder(const Order& order) {
  zone_ = !order.id.empty() && order.id.back() % 2 == 0 ? "Z" : "+00:00";  // one or the other, per order
  json_.BeginObject();
  if (!oddity_.missing_certain) {
    json_.Key("orderId");
    json_.String(oddity_.nul_in_id ? order.id + '\0' : order.id);
  }
  Soft("reference", [&] { json_.StringOrNull(order.reference); });
  Soft("businessOrder", [&] { json_.Bool(order.business); });
  Soft("salesChannel", [&] {
    json_.Raw(oddity_.other_channel ? R"({"id":"ELSEWHERE","name":"Another"})"
                                    : R"({"id":"CDISFR","name":"Cdiscount"})");
  });
  Soft("seller", [&] { json_.Raw(fmt::format(R"({{"id":"{}"}})", order.seller + (oddity_.other_seller ? 1 : 0))); });
  Soft("customer", [&] {
    json_.BeginObject();
    json_.Key("reference");
    const auto flickers = static_cast<std::uint64_t>(oddity_.flicker);
    json_.String(flickers == 0 ? order.customer_reference
                               : fmt::format("{}-{}", order.customer_reference, showing_ % flickers));
    json_.EndObject();
  });
  SoftTime("purchasedAt", order.purchased_at);
  SoftTime("createdAt", order.created_at);
  // Not soft: a list sorted by it would lose its meaning.
  json_.Key("updatedAt");
  json_.String(Stamp(order.updated_at, zone_));
  SoftTime("shippedAtMax", order.ship_by);
  json_.Key("status");
  json_.String(Word(ToText(order.status), "UnderReview"));
  Soft("payment", [&] {
    json_.BeginObject();
    json_.Key("method");
    json_.String(order.payment_method);
    json_.EndObject();
  });
  SoftText("currencyCode", order.currency);
  Soft("billingAddress", [&] { WriteAddress(*order.billing, false); });
  WriteTotal(order.TotalMinor());
  Soft("serviceFees", [&] {
    json_.BeginArray();
    for (const auto& fee : order.fees) {
      json_.BeginObject();
      json_.Key("label");
      json_.String(fee.label);
      json_.Key("amount");
      json_.Amount(fee.amount_minor);
      json_.EndObject();
    }
    json_.EndArray();
  });
  Soft("statusEvents", [&] { json_.Raw("[]"); });
  Unknown();
  json_.Key("lines");
  if (oddity_.wrong_types) {
    json_.BeginObject();
    json_.Key("0");
    WriteLine(order, order.lines.front());
    json_.EndObject();
  } else {
    json_.BeginArray();
    for (const auto& line : order.lines) WriteLine(order, line);
    json_.EndArray();
  }
  if (oddity_.broken_brackets) out_.append(R"(,"comment":"24" screen")");
  if (oddity_.broken_json) out_.append(R"(,"comment":"an unescaped " quote)");
  json_.EndObject();
}

}  // namespace

std::string RenderOrder(const Order& order, const Oddity& oddity, std::uint64_t showing) {
  std::string out;
  out.reserve(1200 + 1500 * order.lines.size());
  Renderer(out, oddity, showing).WriteOrder(order);
  return out;
}

}  // namespace cdiscount::simulator
