#include <fmt/core.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "simulator/api/routes.hpp"

namespace cdiscount::simulator {

namespace json = boost::json;

namespace {

std::string TextOf(const json::value& object, std::string_view key) {
  const auto* field = object.as_object().if_contains(key);
  return field && field->is_string() ? std::string{field->as_string()} : std::string{};
}

http::ServerResponse Created() {
  http::ServerResponse response;
  response.status = 201;
  return response;
}

// Row 28: limits of the SOAP era, behind a switch.
std::optional<Error> BeyondLimits(const Parcel& parcel) {
  if (parcel.number.size() > 50 || parcel.number.find_first_of(" \t\"',&*$") != std::string::npos) {
    return Error{ErrorCode::kInvalidArgument, "The parcelNumber field is not valid.", {}, "parcelNumber"};
  }
  const auto& url = parcel.tracking_url;
  if (url && (url->size() > 255 || !(url->starts_with("http://") || url->starts_with("https://")))) {
    return Error{ErrorCode::kInvalidArgument, "The trackingUrl field is not valid.", {}, "trackingUrl"};
  }
  return std::nullopt;
}

// One parcel of the body; the error's field names what is wrong with it.
Result<Change::Shipment> ReadParcel(const json::value& value, const Choices& choices) {
  if (!value.is_object()) return Error{ErrorCode::kInvalidArgument, "A parcel must be an object.", {}, "parcels"};
  Change::Shipment shipment;
  shipment.parcel.number = TextOf(value, "parcelNumber");
  shipment.parcel.carrier = TextOf(value, "carrierName");
  if (auto url = TextOf(value, "trackingUrl"); !url.empty()) shipment.parcel.tracking_url = std::move(url);
  if (shipment.parcel.number.empty()) {
    return Error{ErrorCode::kInvalidArgument, "The parcelNumber field is required.", {}, "parcelNumber"};
  }
  if (shipment.parcel.carrier.empty()) {
    return Error{ErrorCode::kInvalidArgument, "The carrierName field is required.", {}, "carrierName"};
  }
  if (choices.strict_carriers && !IsCarrierLabel(shipment.parcel.carrier)) {
    return Error{ErrorCode::kInvalidArgument, "unknown carrier", {}, "carrierName"};
  }
  if (choices.strict_parcels) {
    if (auto beyond = BeyondLimits(shipment.parcel)) return std::move(*beyond);
  }
  const auto* ids = value.as_object().if_contains("orderLineIds");
  if (!ids || ids->is_null()) return shipment;
  if (!ids->is_array() || ids->as_array().empty()) {
    return Error{ErrorCode::kInvalidArgument, "orderLineIds must be an array of at least one id.", {}, "orderLineIds"};
  }
  for (const auto& id : ids->as_array()) {
    if (!id.is_string()) return Error{ErrorCode::kInvalidArgument, "An order line id is a text.", {}, "orderLineIds"};
    shipment.line_ids.emplace_back(id.as_string());
  }
  return shipment;
}

}  // namespace

// Source: octopia-rest-v2.md, 4; 9 rows 2 and 3.
http::ServerResponse OctopiaRoutes::Approve(Call& call) {
  const auto& path = call.request.path;
  auto* record = world_.orders().FindVisible(call.seller->id, call.order_id);
  if (!record) return Problem(404, fmt::format("The order {} was not found.", call.order_id), path);
  boost::system::error_code failure;
  const auto body = json::parse(call.request.body, failure);
  if (failure || !body.is_object())
    return Problem(400, "The body is not valid.", path, {{"$", "A JSON object is expected."}});
  const auto decision = TextOf(body, "approval_status");
  if (decision != "Accepted" && decision != "Refused") {
    return Problem(400, "The approval status is not valid.", path,
                   {{"approval_status", "Accepted or Refused is expected."}});
  }
  const auto status = record->latest().status;
  if (status != OrderStatus::kWaitingAcceptance) {
    const auto reason = fmt::format("The order is {}, not WaitingAcceptance.", ToText(status));
    return Problem(world_.choices.approval_conflict_status, reason, path, {{"approval_status", reason}});
  }
  const auto changed = decision == "Accepted"
                           ? world_.Accept(call.order_id, call.now)
                           : world_.ChangeOrder(call.order_id, {.status = OrderStatus::kRefused}, call.now);
  if (!changed) return Problem(500, changed.error().message, path);
  call.told.effect = fmt::format("order {} {}, version {}", call.order_id, decision, (*changed)->version);
  return Created();
}

// Source: octopia-rest-v2.md, 5.1 to 5.3; 9 rows 4, 5, 6 and 28.
http::ServerResponse OctopiaRoutes::Ship(Call& call) {
  const auto& path = call.request.path;
  auto* record = world_.orders().FindVisible(call.seller->id, call.order_id);
  if (!record) return Problem(404, fmt::format("The order {} was not found.", call.order_id), path);
  boost::system::error_code failure;
  const auto body = json::parse(call.request.body, failure);
  if (failure || !body.is_array() || body.as_array().empty()) {
    return Problem(400, "The body is not valid.", path, {{"$", "A JSON array of parcels is expected."}});
  }
  const auto& order = record->latest();
  if (body.as_array().size() > 1 || order.ParcelCount() > 0) {
    const std::string reason = "Cannot switch to shipped status: CDISFR allows one parcel per order.";
    return Problem(order.ParcelCount() > 0 ? 409 : 400, reason, path, {{"parcels", reason}});
  }
  auto shipment = ReadParcel(body.as_array().front(), world_.choices);
  if (!shipment)
    return Problem(400, shipment.error().message, path, {{shipment.error().field, shipment.error().message}});

  const bool all = shipment->line_ids.empty();
  for (const auto& line : order.lines) {
    if (all && IsShippable(line)) shipment->line_ids.push_back(line.id);
  }
  for (const auto& id : shipment->line_ids) {
    const auto line = std::find_if(order.lines.begin(), order.lines.end(), [&](const auto& l) { return l.id == id; });
    if (line == order.lines.end()) {
      return Problem(400, "A line is not known.", path, {{"orderLineIds", fmt::format("unknown order line {}", id)}});
    }
    if (!IsShippable(*line) && !MayBeAddedToAShipment(*line)) {
      const auto reason = fmt::format("Cannot switch to shipped status: line {} is {}, supplied by {}.", id,
                                      ToText(line->status), ToText(line->supply));
      return Problem(409, reason, path, {{"orderLineIds", reason}});
    }
  }
  if (order.status != OrderStatus::kInPreparation || shipment->line_ids.empty()) {
    const auto reason = fmt::format("Cannot switch to shipped status: the order is {}.", ToText(order.status));
    return Problem(409, reason, path, {{"status", reason}});
  }
  // One parcel per order: a line that is left out could never be shipped (5.2; 9 row 6).
  std::string left_out;
  for (const auto& line : order.lines) {
    const auto& ids = shipment->line_ids;
    if (!IsShippable(line) || std::find(ids.begin(), ids.end(), line.id) != ids.end()) continue;
    left_out += (left_out.empty() ? "" : ", ") + line.id;
  }
  if (!left_out.empty()) {
    const auto reason = fmt::format("CDISFR allows one parcel per complete order; it leaves out {}.", left_out);
    return Problem(400, reason, path, {{"orderLineIds", reason}});
  }
  const auto changed = world_.ChangeOrder(call.order_id, {.shipments = {*shipment}}, call.now);
  if (!changed) return Problem(500, changed.error().message, path);
  call.told.effect = fmt::format("order {} shipped with parcel {}, version {}", call.order_id, shipment->parcel.number,
                                 (*changed)->version);
  return Created();
}

}  // namespace cdiscount::simulator
