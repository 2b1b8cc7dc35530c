#include <fmt/format.h>

#include "core/time_text.hpp"
#include "simulator/api/routes.hpp"
#include "simulator/control/call.hpp"

namespace cdiscount::simulator {
namespace {

constexpr std::int64_t kMonth = 30LL * 86'400'000;           // ms
constexpr std::int64_t kCentury = 100LL * 366 * 86'400'000;  // ms

Json FaultJson(const Fault& fault) {
  Json out = Object({{"id", fault.id},
                     {"kind", ToText(fault.kind)},
                     {"route", fault.route},
                     {"fired", fault.fired},
                     {"remaining", fault.remaining ? Json(*fault.remaining) : Json()},
                     {"skip", fault.skip},
                     {"percent", fault.percent},
                     {"when", fault.moment == FaultMoment::kAfter ? "after" : "before"}});
  if (fault.seller) out["seller"] = *fault.seller;
  if (fault.client_id) out["client_id"] = *fault.client_id;
  return out;
}

std::optional<FaultMoment> ParseMoment(std::string_view text) {
  if (text == "before") return FaultMoment::kBefore;
  return text == "after" ? std::optional{FaultMoment::kAfter} : std::nullopt;
}

Fault ReadFault(Fields& fields) {
  Fault fault;
  std::optional<FaultKind> kind;
  fields.Require("kind");
  fields.ReadWord("kind", kind, ParseFaultKind, fmt::format("must be one of {}", fmt::join(FaultKindNames(), ", ")));
  fault.kind = kind.value_or(fault.kind);
  fields.Read("route", fault.route);
  if (!IsRoutePattern(fault.route)) fields.Reject("route", fmt::format("'{}' matches no route", fault.route));
  if (kind && !CanStrike(*kind, fault.route)) {
    fields.Reject("kind", fmt::format("'{}' strikes no call of '{}'", ToText(*kind), fault.route));
  }
  fields.Read("seller", fault.seller, 1, 1'000'000'000);
  fields.Read("client_id", fault.client_id);
  bool forever = false;
  fields.Read("forever", forever);
  fault.remaining = 1;
  fields.Read("count", fault.remaining, 1, 1'000'000'000);
  if (forever) fault.remaining.reset();
  fields.Read("skip", fault.skip, 0, 1'000'000'000);
  fields.Read("percent", fault.percent, 1, 100);
  std::optional<FaultMoment> moment;
  fields.ReadWord("when", moment, ParseMoment, "must be before or after");
  fault.moment = moment.value_or(fault.moment);
  if (kind == FaultKind::kQuota403) fault.seconds = 60;
  fields.Read("seconds", fault.seconds, 0, 86'400);
  const bool date = kind == FaultKind::kWrongDate;
  if (kind == FaultKind::kLateOrder) fault.ms = 3'600'000;
  fields.Read("ms", fault.ms, date ? -kCentury : 0, date ? kCentury : kMonth);
  fields.Read("status", fault.status, 200, 599);
  fields.Read("item", fault.item, 0, 99);
  fields.Read("size", fault.size, 1, 100);
  fields.Read("body", fault.body);
  fault.content_type = "application/json";
  fields.Read("content_type", fault.content_type);
  fields.ReadWord("date", fault.date, ParseIso8601, "must be an ISO 8601 instant");
  return fault;
}

}  // namespace

ControlReply ListFaults(ControlCall& call) {
  Json items = Json::array();
  for (const auto& fault : call.faults.list()) items.push_back(FaultJson(fault));
  return Object({{"items", std::move(items)}});
}

ControlReply AddFault(ControlCall& call) {
  auto fault = ReadFault(call.fields);
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  call.faults.Add(std::move(fault));
  return {FaultJson(call.faults.list().back()), 201};
}

ControlReply ClearFaults(ControlCall& call) {
  const auto removed = call.faults.list().size();
  call.faults.Clear();
  return Object({{"removed", removed}});
}

ControlReply RemoveFault(ControlCall& call) {
  for (const auto& fault : call.faults.list()) {
    if (std::to_string(fault.id) != call.id) continue;
    call.faults.Remove(fault.id);
    return Object({{"removed", 1}});
  }
  return NotThere("fault", call.id, "id");
}

}  // namespace cdiscount::simulator
