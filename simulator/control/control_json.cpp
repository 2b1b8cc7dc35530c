#include "simulator/control/control_json.hpp"

#include <fmt/core.h>

#include <boost/json/serialize.hpp>
#include <charconv>

#include "core/time_text.hpp"
#include "simulator/api/answers.hpp"

namespace cdiscount::simulator {

namespace json = boost::json;

http::ServerResponse JsonOf(const json::object& object, int status) {
  return JsonAnswer(status, json::serialize(object) + "\n");
}

json::object VersionJson(const KeptVersion& version) {
  json::array lines;
  for (const auto status : version.line_statuses) lines.emplace_back(ToText(status));
  json::object out{{"seq", version.seq},
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
                   {"content_hash", fmt::format("{:016x}", version.content_hash)},
                   {"shown_count", version.shown_count},
                   {"altered_count", version.altered_count}};
  if (version.shown_count > 0) {
    out["first_shown_at"] = FormatIso8601(version.first_shown_at);
    out["first_shown_to"] = version.first_shown_to;
    out["first_shown_in"] = version.first_shown_in;
  }
  return out;
}

json::object CallJson(const ToldCall& call) {
  json::array faults;
  for (const auto& fault : call.faults) faults.emplace_back(fault);
  json::object out{{"id", call.id},
                   {"at", FormatIso8601(call.at)},
                   {"method", call.method},
                   {"path", call.path},
                   {"query", call.query},
                   {"client_id", call.client_id},
                   {"seller", nullptr},
                   {"status", call.status},
                   {"faults", std::move(faults)},
                   {"orders_shown", call.orders_shown},
                   {"effect", call.effect}};
  if (call.seller) out["seller"] = *call.seller;
  return out;
}

Result<ListQuery> ParseListQuery(const http::ServerRequest& request) {
  ListQuery out;
  for (const auto& [name, value] : request.query) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = failure == std::errc{} && end == value.data() + value.size() && number >= 0;
    if (name != "after" && name != "limit" && name != "seller") {
      return Error{ErrorCode::kInvalidArgument, fmt::format("{} is no parameter of this list", name), {}, name};
    }
    if (!whole || (name == "limit" && (number < 1 || number > 10'000))) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("{}: must be a whole number{}", name, name == "limit" ? " from 1 to 10000" : ""),
                   {},
                   name};
    }
    if (name == "after") out.after = static_cast<std::uint64_t>(number);
    if (name == "limit") out.limit = static_cast<std::uint64_t>(number);
    if (name == "seller") out.seller = number;
  }
  return out;
}

http::ServerResponse ListJson(json::array items, std::uint64_t next_after, bool more) {
  return JsonOf({{"items", std::move(items)}, {"next_after", next_after}, {"more", more}});
}

}  // namespace cdiscount::simulator
