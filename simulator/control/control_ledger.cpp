#include <algorithm>

#include "simulator/control/control.hpp"
#include "simulator/control/control_json.hpp"

namespace cdiscount::simulator {

namespace json = boost::json;

ControlRoutes::Response ControlRoutes::LedgerRoute(const Request& request, const Path& path) {
  if (path.size() == 2 && request.method == "GET") {
    if (path[1] == "versions") return Versions(request);
    if (path[1] == "shown") return Shown(request);
    if (path[1] == "calls") return Calls(request);
    if (path[1] == "orders") return LastVersions(request);
    if (path[1] == "totals") return Totals();
  }
  return Error{ErrorCode::kNotFound, "the ledger has GET versions, shown, orders, calls and totals"};
}

ControlRoutes::Response ControlRoutes::Versions(const Request& request) {
  const auto query = ParseListQuery(request);
  if (!query) return query.error();
  const auto& versions = world_.ledger().versions();
  json::array items;
  auto at = query->after;
  for (; at < versions.size() && items.size() < query->limit; ++at) {
    if (!query->seller || versions[at].seller == *query->seller) items.push_back(VersionJson(versions[at]));
  }
  return ListJson(std::move(items), at, at < versions.size());
}

ControlRoutes::Response ControlRoutes::Shown(const Request& request) {
  const auto query = ParseListQuery(request);
  if (!query) return query.error();
  const auto& ledger = world_.ledger();
  json::array items;
  auto at = query->after;
  for (; at < ledger.shown().size() && items.size() < query->limit; ++at) {
    const auto& version = ledger.version(ledger.shown()[at]);
    if (!query->seller || version.seller == *query->seller) items.push_back(VersionJson(version));
  }
  return ListJson(std::move(items), at, at < ledger.shown().size());
}

ControlRoutes::Response ControlRoutes::LastVersions(const Request& request) {
  const auto query = ParseListQuery(request);
  if (!query) return query.error();
  const auto& records = world_.orders().records();
  json::array items;
  auto at = query->after;
  for (; at < records.size() && items.size() < query->limit; ++at) {
    const auto& record = records[at];
    if (record.visible_version == 0 || (query->seller && record.order.seller != *query->seller)) continue;
    auto item = VersionJson(world_.ledger().version(record.visible_seq));
    item["versions_made"] = record.versions;
    items.push_back(std::move(item));
  }
  return ListJson(std::move(items), at, at < records.size());
}

ControlRoutes::Response ControlRoutes::Calls(const Request& request) {
  auto stripped = request;
  std::erase_if(stripped.query, [](const auto& pair) { return pair.first == "effects_only"; });
  const auto query = ParseListQuery(stripped);
  if (!query) return query.error();
  const bool effects_only = request.Query("effects_only") == "true";

  const auto& reads = world_.ledger().reads();
  const auto& effects = world_.ledger().effects();
  const auto later = [](std::uint64_t after, const ToldCall& call) { return after < call.id; };
  auto read = effects_only ? reads.end() : std::upper_bound(reads.begin(), reads.end(), query->after, later);
  auto effect = std::upper_bound(effects.begin(), effects.end(), query->after, later);
  json::array items;
  auto last = query->after;
  while (items.size() < query->limit && (read != reads.end() || effect != effects.end())) {
    const bool take_read = effect == effects.end() || (read != reads.end() && read->id < effect->id);
    const auto& call = take_read ? *read++ : *effect++;
    last = call.id;
    if (!query->seller || call.seller == *query->seller) items.push_back(CallJson(call));
  }
  return ListJson(std::move(items), last, read != reads.end() || effect != effects.end());
}

ControlRoutes::Response ControlRoutes::Totals() {
  const auto totals = world_.ledger().totals();
  json::object by_status;
  for (const auto& [status, count] : totals.calls_by_status) by_status[std::to_string(status)] = count;
  std::uint64_t visible = 0;
  for (const auto& record : world_.orders().records()) visible += record.visible_version != 0 ? 1 : 0;
  return JsonOf({{"sellers", world_.sellers().size()},
                 {"orders", world_.orders().size()},
                 {"orders_visible", visible},
                 {"versions", totals.versions},
                 {"versions_shown", totals.versions_shown},
                 {"showings", totals.showings},
                 {"calls", totals.calls},
                 {"calls_with_effect", totals.calls_with_effect},
                 {"calls_by_status", std::move(by_status)}});
}

}  // namespace cdiscount::simulator
