#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "core/time_text.hpp"
#include "simulator/control/call.hpp"

namespace cdiscount::simulator {
namespace {

// `?after=&limit=&seller=` of the lists.
struct ListQuery {
  std::uint64_t after = 0, limit = 1000;
  std::optional<SellerId> seller;
};

Result<ListQuery> ParseListQuery(const ControlCall& call, std::string_view other = "") {
  ListQuery out;
  for (const auto& [name, value] : call.request.query) {
    if (name == other) continue;
    const auto wrong = [&parameter = name](std::string_view text) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("{}: {}", parameter, text), {}, parameter};
    };
    std::int64_t number = -1;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (end != value.data() + value.size() || number < 0) return wrong("must be a whole number");
    if (name == "after") {
      out.after = static_cast<std::uint64_t>(number);
    } else if (name == "limit") {
      if (number < 1 || number > 10'000) return wrong("must be a whole number from 1 to 10000");
      out.limit = static_cast<std::uint64_t>(number);
    } else if (name == "seller") {
      out.seller = number;
    } else {
      return wrong("is no parameter of this list");
    }
  }
  return out;
}

Json Page(Json items, std::uint64_t next_after, bool more) {
  return Object({{"items", std::move(items)}, {"next_after", next_after}, {"more", more}});
}

// A page of `count` things; `at(i)` gives the version of the i-th, null to leave it out.
template <class At, class Write>
ControlReply PageOf(const ControlCall& call, std::size_t count, At at, Write write) {
  const auto query = ParseListQuery(call);
  if (!query) return query.error();
  Json items = Json::array();
  auto i = query->after;
  for (; i < count && items.size() < query->limit; ++i) {
    const KeptVersion* version = at(i);
    if (version && (!query->seller || version->seller == *query->seller)) items.push_back(write(i, *version));
  }
  return Page(std::move(items), i, i < count);
}

Json CallJson(const ToldCall& call) {
  return Object({{"id", call.id},
                 {"at", FormatIso8601(call.at)},
                 {"method", call.method},
                 {"path", call.path},
                 {"query", call.query},
                 {"client_id", call.client_id},
                 {"seller", call.seller ? Json(*call.seller) : Json()},
                 {"status", call.status},
                 {"faults", call.faults},
                 {"orders_shown", call.orders_shown},
                 {"effect", call.effect}});
}

Json WriteVersion(std::size_t, const KeptVersion& version) {
  return VersionJson(version);
}

}  // namespace

Json VersionJson(const KeptVersion& version) {
  Json lines = Json::array();
  for (const auto status : version.line_statuses) lines.push_back(ToText(status));
  Json out = Object({{"seq", version.seq},
                     {"order_id", version.order_id},
                     {"seller", version.seller},
                     {"version", version.version},
                     {"made_at", FormatIso8601(version.made_at)},
                     {"visible_at", FormatIso8601(version.visible_at)},
                     {"updated_at", FormatIso8601(version.updated_at)},
                     {"status", ToText(version.status)},
                     {"line_statuses", std::move(lines)},
                     {"total_minor", version.total_minor},
                     {"parcels", version.parcels},
                     {"shown_count", version.shown_count},
                     {"altered_count", version.altered_count}});
  if (version.shown_count > 0) {
    out["first_shown_at"] = FormatIso8601(version.first_shown_at);
    out["first_shown_to"] = version.first_shown_to;
    out["first_shown_in"] = version.first_shown_in;
  }
  return out;
}

ControlReply ListVersions(ControlCall& call) {
  const auto& versions = call.world.ledger().versions();
  return PageOf(call, versions.size(), [&](std::size_t i) { return &versions[i]; }, WriteVersion);
}

ControlReply ListShown(ControlCall& call) {
  const auto& ledger = call.world.ledger();
  return PageOf(
      call, ledger.shown().size(), [&](std::size_t i) { return &ledger.version(ledger.shown()[i]); }, WriteVersion);
}

ControlReply ListLastVersions(ControlCall& call) {
  const auto& records = call.world.orders().records();
  return PageOf(
      call, records.size(),
      [&](std::size_t i) {
        return records[i].visible_version == 0 ? nullptr : &call.world.ledger().version(records[i].visible_seq);
      },
      [&](std::size_t i, const KeptVersion& version) {
        auto item = VersionJson(version);
        item["versions_made"] = records[i].versions;
        return item;
      });
}

ControlReply ListCalls(ControlCall& call) {
  const auto query = ParseListQuery(call, "effects_only");
  if (!query) return query.error();
  const bool effects_only = call.request.Query("effects_only") == "true";

  const auto& reads = call.world.ledger().reads();
  const auto& effects = call.world.ledger().effects();
  const auto later = [](std::uint64_t after, const ToldCall& told) { return after < told.id; };
  auto read = effects_only ? reads.end() : std::upper_bound(reads.begin(), reads.end(), query->after, later);
  auto effect = std::upper_bound(effects.begin(), effects.end(), query->after, later);
  Json items = Json::array();
  auto last = query->after;
  while (items.size() < query->limit && (read != reads.end() || effect != effects.end())) {
    const bool take_read = effect == effects.end() || (read != reads.end() && read->id < effect->id);
    const auto& told = take_read ? *read++ : *effect++;
    last = told.id;
    if (!query->seller || told.seller == *query->seller) items.push_back(CallJson(told));
  }
  return Page(std::move(items), last, read != reads.end() || effect != effects.end());
}

ControlReply GetTotals(ControlCall& call) {
  const auto totals = call.world.ledger().totals();
  const auto& records = call.world.orders().records();
  Json by_status = Json::object();
  for (const auto& [status, count] : totals.calls_by_status) by_status[std::to_string(status)] = count;
  return Object({{"sellers", call.world.sellers().size()},
                 {"orders", records.size()},
                 {"orders_visible",
                  std::count_if(records.begin(), records.end(), [](const auto& r) { return r.visible_version != 0; })},
                 {"versions", totals.versions},
                 {"versions_shown", totals.versions_shown},
                 {"showings", totals.showings},
                 {"calls", totals.calls},
                 {"calls_with_effect", totals.calls_with_effect},
                 {"calls_by_status", std::move(by_status)}});
}

}  // namespace cdiscount::simulator
