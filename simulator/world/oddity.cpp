#include "simulator/world/oddity.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>

namespace cdiscount::simulator {
namespace {

constexpr std::string_view kUnknownKey = "x_unknownField";
// Put in as text, because a JSON library would write the number and the escape in its own way.
constexpr std::string_view kUnknownValue = R"({"nested":[1,2.5e3,null,{"deep":"ça \u00e9tait"}]})";

// Makes null, or leaves out, whatever a client may not rely on.
void Thin(Json& object, bool leave_out, std::initializer_list<std::string_view> certain) {
  Json thin = Json::object();
  for (const auto& [key, value] : object.items()) {
    if (std::find(certain.begin(), certain.end(), key) != certain.end()) {
      thin[key] = value;
    } else if (!leave_out) {
      thin[key] = nullptr;
    }
  }
  object = std::move(thin);
}

void MakeOdd(Json& line, const Oddity& oddity) {
  if (oddity.unknown_enum) {
    line["status"] = "OnHold";
    line["offer"]["supplyMode"] = "DropShip";
    line["offer"]["condition"] = "OpenBox";
    line["delivery"]["mode"] = "DroneDelivery";
  }
  if (oddity.wrong_types) line["quantity"] = "deux";
  if (oddity.unknown_fields) {
    line["offer"][kUnknownKey] = nullptr;
    if (line.contains("shippingAddress")) line["shippingAddress"][kUnknownKey] = nullptr;
  }
  if (oddity.null_fields || oddity.absent_fields) {
    Thin(line, oddity.absent_fields, {"orderLineId", "status", "quantity"});
  }
  if (oddity.unknown_fields) line[kUnknownKey] = nullptr;
  if (oddity.missing_certain) line.erase("orderLineId");
}

void Replace(std::string& text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

bool Oddity::any() const {
  return flicker > 0 ||
         std::any_of(kOddityFlags.begin(), kOddityFlags.end(), [this](auto& f) { return this->*f.flag; });
}

bool Oddity::acceptable() const {
  return std::all_of(kOddityFlags.begin(), kOddityFlags.end(),
                     [this](auto& f) { return f.acceptable || !(this->*f.flag); });
}

Oddity operator|(Oddity a, const Oddity& b) {
  for (const auto& [name, flag, acceptable] : kOddityFlags) a.*flag |= b.*flag;
  a.flicker = std::max(a.flicker, b.flicker);
  return a;
}

std::string ShownText(const Order& order, const Oddity& oddity, std::uint64_t showing) {
  if (!oddity.any()) return Dump(order.shown);
  Json shown = order.shown;
  Json lines = std::move(shown["lines"]);
  shown.erase("lines");
  for (auto& line : lines) MakeOdd(line, oddity);

  if (oddity.unknown_enum) shown["status"] = "UnderReview";
  if (oddity.other_seller) shown["seller"]["id"] = std::to_string(order.seller() + 1);
  if (oddity.other_channel) shown["salesChannel"] = Object({{"id", "ELSEWHERE"}, {"name", "Another"}});
  if (oddity.nul_in_id) shown["orderId"] = order.id() + '\0';
  if (oddity.flicker > 0) {
    auto& reference = shown["customer"]["reference"];
    reference = fmt::format("{}-{}", reference.get_ref<const std::string&>(),
                            showing % static_cast<std::uint64_t>(oddity.flicker));
  }
  if (oddity.unknown_fields) shown["billingAddress"][kUnknownKey] = nullptr;
  if (oddity.null_fields || oddity.absent_fields) {
    Thin(shown, oddity.absent_fields, {"orderId", "updatedAt", "status"});  // without `updatedAt` no list can be sorted
  }
  if (oddity.unknown_fields) shown[kUnknownKey] = nullptr;
  if (oddity.missing_certain) shown.erase("orderId");
  shown["lines"] = oddity.wrong_types ? Object({{"0", lines.front()}}) : std::move(lines);

  auto text = Dump(shown);
  if (oddity.unknown_fields) {
    Replace(text, fmt::format("\"{}\":null", kUnknownKey), fmt::format("\"{}\":{}", kUnknownKey, kUnknownValue));
  }
  if (oddity.broken_brackets) text.insert(text.size() - 1, R"(,"comment":"24" screen")");
  if (oddity.broken_json) text.insert(text.size() - 1, R"(,"comment":"an unescaped " quote)");
  return text;
}

}  // namespace cdiscount::simulator
