#include "simulator/world/order.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/time_text.hpp"

namespace cdiscount::simulator {
namespace {

using enum OrderStatus;

Error Wrong(ErrorCode code, std::string message, std::string field) {
  return {code, std::move(message), {}, std::move(field)};
}

// From InPreparation on every line shows the address (docs/marketplace.md#addresses).
void ReleaseAddress(Order& order) {
  if (order.hidden_address.is_null()) return;
  for (auto& line : order.shown["lines"]) line["shippingAddress"] = order.hidden_address;
  order.hidden_address = nullptr;
}

void MoveTo(Order& order, OrderStatus status, SysTime now) {
  order.shown["status"] = ToText(status);
  if (status == kInPreparation || status == kShipped) ReleaseAddress(order);
  if (status == kShipped) order.shipped_at = Stamp(now, order.id());
  for (auto& line : order.shown["lines"]) {
    const auto current = LineStatus(line);
    if (IsFinal(current) || (current == kCancelRequest && !IsFinal(status))) continue;
    line["status"] = ToText(status);
    auto& parcels = line["parcels"];
    if (status != kShipped || !parcels.empty()) continue;
    const auto number = fmt::format("6A{:012}", std::hash<std::string>{}(order.id()) % 1'000'000'000'000ULL);
    const bool relay = !line["shippingAddress"]["pickupId"].is_null();
    parcels.push_back(Object({{"parcelNumber", number},
                              {"carrierName", relay ? "Mondial Relay" : "Colissimo"},
                              {"trackingUrl", "https://tracking.example.invalid/" + number}}));
  }
}

void Declare(Order& order, const Change::Shipment& shipment, SysTime now) {
  bool all_shipped = true;
  for (auto& line : order.shown["lines"]) {
    const auto& ids = shipment.line_ids;
    if (std::find(ids.begin(), ids.end(), TextOf(line, "orderLineId")) != ids.end()) {
      line["parcels"].push_back(shipment.parcel);
      line["status"] = ToText(kShipped);
    }
    const auto status = LineStatus(line);
    all_shipped &= IsFinal(status) || status == kShipped || status == kCancelRequest;
  }
  if (all_shipped) MoveTo(order, kShipped, now);
}

Status Check(const Order& order, const Change& change) {
  const auto& lines = order.lines();
  const auto no_line = [&](std::size_t index, const char* field) {
    return Wrong(ErrorCode::kInvalidArgument,
                 fmt::format("order {} has {} lines, so no line at index {}", order.id(), lines.size(), index), field);
  };
  bool changes = change.add_fee_minor != 0 || change.ask_cancel_line;
  if (change.cancel_line) {
    if (*change.cancel_line >= lines.size()) return no_line(*change.cancel_line, "cancel_line");
    changes |= LineStatus(lines[*change.cancel_line]) != kCancelled;
  }
  if (change.ask_cancel_line) {
    if (*change.ask_cancel_line >= lines.size()) return no_line(*change.ask_cancel_line, "ask_cancel_line");
    const auto& line = lines[*change.ask_cancel_line];
    const auto status = LineStatus(line);
    if ((status != kAccepted && status != kInPreparation) || change.ask_cancel_line == change.cancel_line) {
      return Wrong(ErrorCode::kConflict,
                   fmt::format("line {} is {}, so its cancellation cannot be asked for", TextOf(line, "orderLineId"),
                               ToText(status)),
                   "ask_cancel_line");
    }
  }
  for (const auto& id : change.shipment ? change.shipment->line_ids : std::vector<std::string>{}) {
    if (std::none_of(lines.begin(), lines.end(), [&](const Json& l) { return TextOf(l, "orderLineId") == id; })) {
      return Wrong(ErrorCode::kInvalidArgument, fmt::format("order {} has no line {}", order.id(), id), "line_ids");
    }
    changes = true;
  }
  if (const auto from = order.status(); change.status && *change.status != from) {
    if (!change.force && !MayMove(from, *change.status)) {
      return Wrong(ErrorCode::kConflict,
                   fmt::format("order {} is {} and cannot become {}", order.id(), ToText(from), ToText(*change.status)),
                   "status");
    }
    changes = true;
  }
  if (changes) return Ok();
  return Wrong(ErrorCode::kInvalidArgument, fmt::format("the change leaves order {} as it is", order.id()), "change");
}

}  // namespace

std::string Stamp(SysTime time, const std::string& order_id) {
  auto text = FormatIso8601(std::chrono::floor<std::chrono::seconds>(time));
  const bool zulu = order_id.back() % 2 == 0;  // one spelling or the other, per order
  return zulu ? text : text.replace(text.size() - 1, 1, "+00:00");
}

SysTime InstantOf(const std::string& stamp) {
  return ParseIso8601(stamp).value();
}

SellerId Order::seller() const {
  return std::stoll(TextOf(shown.at("seller"), "id"));
}

OrderStatus Order::status() const {
  return LineStatus(shown);
}

std::size_t Order::parcels() const {
  std::size_t count = 0;
  for (const auto& line : lines()) count += line.at("parcels").size();
  return count;
}

OrderStatus LineStatus(const Json& line) {
  return ParseLineStatus(TextOf(line, "status")).value();
}

bool IsShippable(const Json& line) {
  return LineStatus(line) == kInPreparation && line.at("offer").at("supplyMode") == "Seller";
}

bool MayBeAddedToAShipment(const Order& order, const Json& line) {
  const auto asked = order.cancel_asked_by.find(TextOf(line, "orderLineId"));
  return LineStatus(line) == kCancelRequest && line.at("offer").at("supplyMode") == "Seller" &&
         asked != order.cancel_asked_by.end() && asked->second == CancelInitiator::kCustomer;
}

Status Apply(Order& order, const Change& change, SysTime now) {
  if (const auto checked = Check(order, change); !checked) return checked.error();
  auto& shown = order.shown;
  if (change.cancel_line) shown["lines"][*change.cancel_line]["status"] = ToText(kCancelled);
  if (change.ask_cancel_line) {
    auto& line = shown["lines"][*change.ask_cancel_line];
    line["status"] = ToText(kCancelRequest);
    order.cancel_asked_by[TextOf(line, "orderLineId")] = change.initiator;
  }
  if (change.shipment) Declare(order, *change.shipment, now);
  if (change.status && *change.status != order.status()) MoveTo(order, *change.status, now);
  if (change.add_fee_minor != 0) {
    shown["serviceFees"].push_back(Object({{"label", "Frais de dossier"}, {"amount", Amount(change.add_fee_minor)}}));
    const auto total = Amount(order.total_minor() + change.add_fee_minor);
    shown["totalPrice"] = Object({{"offerPrice", total}, {"sellingPrice", total}});
  }
  const auto before = order.updated_at();
  shown["updatedAt"] =
      Stamp(change.stamp_back.count() > 0 ? before - change.stamp_back : std::max(before, now), order.id());
  return Ok();
}

void SettleInto(Order& order, OrderStatus status, SysTime now) {
  if (status == kDelivered) MoveTo(order, kShipped, now);
  if (status == kCancelled && order.lines().size() % 2 == 0) ReleaseAddress(order);  // cancelled in preparation
  MoveTo(order, status, now);
}

}  // namespace cdiscount::simulator
