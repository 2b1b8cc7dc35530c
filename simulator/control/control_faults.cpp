#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "core/time_text.hpp"
#include "simulator/api/routes.hpp"
#include "simulator/control/control.hpp"
#include "simulator/control/control_json.hpp"
#include "simulator/control/fields.hpp"

namespace cdiscount::simulator {

namespace json = boost::json;

namespace {

constexpr std::int64_t kCentury = 100LL * 366 * 86'400'000;  // ms

json::object FaultJson(const Fault& fault) {
  json::object out{{"id", fault.id},           {"kind", ToText(fault.kind)},
                   {"route", fault.route},     {"fired", fault.fired},
                   {"remaining", nullptr},     {"skip", fault.skip},
                   {"percent", fault.percent}, {"when", fault.moment == FaultMoment::kAfter ? "after" : "before"}};
  if (fault.remaining) out["remaining"] = *fault.remaining;
  if (fault.seller) out["seller"] = *fault.seller;
  if (fault.client_id) out["client_id"] = *fault.client_id;
  return out;
}

std::string KnownKinds() {
  std::string text;
  for (const auto kind : AllFaultKinds()) text += fmt::format("{}{}", text.empty() ? "" : ", ", ToText(kind));
  return text;
}

bool KnownRoute(std::string_view route) {
  const auto& names = OctopiaRoutes::RouteNames();
  if (!route.ends_with('*')) return std::find(names.begin(), names.end(), route) != names.end();
  route.remove_suffix(1);
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return name.starts_with(route); });
}

Fault ReadFault(Fields& fields) {
  Fault fault;
  fields.Require("kind");
  const auto kind = fields.Text("kind");
  const auto known = kind ? ParseFaultKind(*kind) : std::nullopt;
  if (kind && !known) fields.Reject("kind", fmt::format("'{}' is none of {}", *kind, KnownKinds()));
  fault.kind = known.value_or(FaultKind::k500);
  fault.route = fields.Text("route").value_or("*");
  if (!KnownRoute(fault.route)) fields.Reject("route", fmt::format("'{}' matches no route", fault.route));
  fault.seller = fields.Int("seller", 1, 1'000'000'000);
  fault.client_id = fields.Text("client_id");
  const bool forever = fields.Bool("forever").value_or(false);
  const auto count = fields.Int("count", 1, 1'000'000'000).value_or(1);
  if (!forever) fault.remaining = static_cast<std::uint64_t>(count);
  fault.skip = static_cast<std::uint64_t>(fields.Int("skip", 0, 1'000'000'000).value_or(0));
  fault.percent = static_cast<std::uint32_t>(fields.Int("percent", 1, 100).value_or(100));
  const auto when = fields.Text("when").value_or("before");
  if (when != "before" && when != "after") fields.Reject("when", "must be before or after");
  fault.moment = when == "after" ? FaultMoment::kAfter : FaultMoment::kBefore;
  fault.seconds = fields.Int("seconds", 0, 86'400).value_or(fault.kind == FaultKind::kQuota403 ? 60 : 1);
  const auto most_ms = fault.kind == FaultKind::kWrongDate ? kCentury : 30LL * 86'400'000;
  fault.ms = fields.Int("ms", fault.kind == FaultKind::kWrongDate ? -most_ms : 0, most_ms)
                 .value_or(fault.kind == FaultKind::kLateOrder ? 3'600'000 : 1000);
  fault.status = static_cast<int>(fields.Int("status", 200, 599).value_or(200));
  if (const auto item = fields.Int("item", 0, 99)) fault.item = static_cast<std::size_t>(*item);
  fault.size = static_cast<std::size_t>(fields.Int("size", 1, 100).value_or(50));
  fault.body = fields.Text("body").value_or("");
  fault.content_type = fields.Text("content_type").value_or("application/json");
  if (const auto date = fields.Text("date")) {
    fault.date = ParseIso8601(*date);
    if (!fault.date) fields.Reject("date", "must be an ISO 8601 instant");
  }
  return fault;
}

}  // namespace

ControlRoutes::Response ControlRoutes::FaultsRoute(const Request& request, const Path& path) {
  if (path.size() == 2 && request.method == "DELETE") {
    std::uint64_t id = 0;
    const auto text = path[1];
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (failure != std::errc{} || end != text.data() + text.size() || !faults_.Remove(id)) {
      return Error{ErrorCode::kNotFound, fmt::format("there is no fault {}", text), {}, "id"};
    }
    return JsonOf({{"removed", 1}});
  }
  if (path.size() != 1) return Error{ErrorCode::kNotFound, "faults has GET, POST, DELETE, and DELETE {id}"};
  if (request.method == "DELETE") {
    const auto removed = faults_.list().size();
    faults_.Clear();
    return JsonOf({{"removed", removed}});
  }
  if (request.method == "POST") {
    auto fields = Fields::Parse(request.body);
    if (!fields) return fields.error();
    auto fault = ReadFault(*fields);
    if (const auto checked = fields->Check(); !checked) return checked.error();
    faults_.Add(std::move(fault));
    return JsonOf(FaultJson(faults_.list().back()), 201);
  }
  json::array items;
  for (const auto& fault : faults_.list()) items.push_back(FaultJson(fault));
  return JsonOf({{"items", std::move(items)}});
}

}  // namespace cdiscount::simulator
