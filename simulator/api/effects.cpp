#include <fmt/core.h>

#include <algorithm>

#include "simulator/api/call.hpp"

namespace cdiscount::simulator {
namespace {

Error Invalid(std::string message, std::string field) {
  return {ErrorCode::kInvalidArgument, std::move(message), {}, std::move(field)};
}

// The text under this key; empty when there is none.
std::string OptionalText(const Json& object, const char* key) {
  const auto field = object.find(key);
  return field != object.end() && field->is_string() ? field->get<std::string>() : std::string{};
}

// The limits of the SOAP era (docs/marketplace.md#shipments), behind a switch.
Status CheckLimits(const std::string& number, const std::string& url) {
  if (number.size() > 50 || number.find_first_of(" \t\"',&*$") != std::string::npos) {
    return Invalid("The parcelNumber field is not valid.", "parcelNumber");
  }
  if (!url.empty() && (url.size() > 255 || !(url.starts_with("http://") || url.starts_with("https://")))) {
    return Invalid("The trackingUrl field is not valid.", "trackingUrl");
  }
  return Ok();
}

// One parcel of the body; the error's field names what is wrong with it.
Result<Change::Shipment> ReadParcel(const Json& body, const Choices& choices) {
  if (!body.is_object()) return Invalid("A parcel must be an object.", "parcels");
  const auto number = OptionalText(body, "parcelNumber");
  const auto carrier = OptionalText(body, "carrierName");
  const auto url = OptionalText(body, "trackingUrl");
  if (number.empty()) return Invalid("The parcelNumber field is required.", "parcelNumber");
  if (carrier.empty()) return Invalid("The carrierName field is required.", "carrierName");
  if (choices.strict_carriers && !IsCarrierLabel(carrier)) return Invalid("unknown carrier", "carrierName");
  if (choices.strict_parcels) {
    if (const auto checked = CheckLimits(number, url); !checked) return checked.error();
  }
  Change::Shipment shipment{
      .parcel = Object(
          {{"parcelNumber", number}, {"carrierName", carrier}, {"trackingUrl", url.empty() ? Json() : Json(url)}}),
      .line_ids = {}};
  const auto ids = body.value("orderLineIds", Json());
  if (ids.is_null()) return shipment;
  if (!ids.is_array() || ids.empty()) {
    return Invalid("orderLineIds must be an array of at least one id.", "orderLineIds");
  }
  for (const auto& id : ids) {
    if (!id.is_string()) return Invalid("An order line id is a text.", "orderLineIds");
    shipment.line_ids.push_back(id.get<std::string>());
  }
  return shipment;
}

}  // namespace

// docs/marketplace.md#approval
http::ServerResponse ApproveOrder(Call& call) {
  const auto& path = call.request.path;
  const auto* record = call.FindOrder();
  if (!record) return OrderNotFound(call);
  const auto body = Json::parse(call.request.body, nullptr, false);
  if (!body.is_object()) return Problem(400, "The body is not valid.", path, {{"$", "A JSON object is expected."}});
  const auto decision = OptionalText(body, "approval_status");
  if (decision != "Accepted" && decision != "Refused") {
    return Problem(400, "The approval status is not valid.", path,
                   {{"approval_status", "Accepted or Refused is expected."}});
  }
  if (const auto status = record->latest().status(); status != OrderStatus::kWaitingAcceptance) {
    const auto reason = fmt::format("The order is {}, not WaitingAcceptance.", ToText(status));
    return Problem(call.world.choices.approval_conflict_status, reason, path, {{"approval_status", reason}});
  }
  const auto changed = decision == "Accepted"
                           ? call.world.Accept(call.order_id, call.now)
                           : call.world.ChangeOrder(call.order_id, {.status = OrderStatus::kRefused}, call.now);
  if (!changed) return Problem(500, changed.error().message, path);
  call.told.effect = fmt::format("order {} {}, version {}", call.order_id, decision, (*changed)->version);
  return {.status = 201};
}

// docs/marketplace.md#shipments
http::ServerResponse ShipOrder(Call& call) {
  const auto& path = call.request.path;
  const auto* record = call.FindOrder();
  if (!record) return OrderNotFound(call);
  const auto body = Json::parse(call.request.body, nullptr, false);
  if (!body.is_array() || body.empty()) {
    return Problem(400, "The body is not valid.", path, {{"$", "A JSON array of parcels is expected."}});
  }
  const auto refuse = [&](int status, const std::string& field, const std::string& reason) {
    return Problem(status, reason, path, {{field, reason}});
  };
  const auto& order = record->latest();
  if (body.size() > 1 || order.parcels() > 0) {
    return refuse(order.parcels() > 0 ? 409 : 400, "parcels",
                  "Cannot switch to shipped status: CDISFR allows one parcel per order.");
  }
  auto shipment = ReadParcel(body.front(), call.world.choices);
  if (!shipment) return refuse(400, shipment.error().field, shipment.error().message);

  auto& ids = shipment->line_ids;
  const bool all = ids.empty();
  for (const auto& line : order.lines()) {
    if (all && IsShippable(line)) ids.push_back(TextOf(line, "orderLineId"));
  }
  for (const auto& id : ids) {
    const auto line = std::find_if(order.lines().begin(), order.lines().end(),
                                   [&](const Json& l) { return TextOf(l, "orderLineId") == id; });
    if (line == order.lines().end()) {
      return Problem(400, "A line is not known.", path, {{"orderLineIds", fmt::format("unknown order line {}", id)}});
    }
    if (!IsShippable(*line) && !MayBeAddedToAShipment(order, *line)) {
      return refuse(409, "orderLineIds",
                    fmt::format("Cannot switch to shipped status: line {} is {}, supplied by {}.", id,
                                TextOf(*line, "status"), TextOf(line->at("offer"), "supplyMode")));
    }
  }
  if (order.status() != OrderStatus::kInPreparation || ids.empty()) {
    return refuse(409, "status",
                  fmt::format("Cannot switch to shipped status: the order is {}.", ToText(order.status())));
  }
  // One parcel per order: a line that is left out could never be shipped.
  std::string left_out;
  for (const auto& line : order.lines()) {
    const auto& id = TextOf(line, "orderLineId");
    if (!IsShippable(line) || std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
    left_out += (left_out.empty() ? "" : ", ") + id;
  }
  if (!left_out.empty()) {
    return refuse(400, "orderLineIds",
                  fmt::format("CDISFR allows one parcel per complete order; it leaves out {}.", left_out));
  }
  const auto changed = call.world.ChangeOrder(call.order_id, {.shipment = *shipment}, call.now);
  if (!changed) return Problem(500, changed.error().message, path);
  call.told.effect = fmt::format("order {} shipped with parcel {}, version {}", call.order_id,
                                 TextOf(shipment->parcel, "parcelNumber"), (*changed)->version);
  return {.status = 201};
}

}  // namespace cdiscount::simulator
