#include "simulator/control/control.hpp"

#include <fmt/core.h>

#include "core/time_text.hpp"
#include "simulator/control/control_json.hpp"
#include "simulator/control/fields.hpp"

namespace cdiscount::simulator {

namespace json = boost::json;

namespace {

constexpr std::int64_t kYear = 366LL * 86'400'000;  // ms

int StatusOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kConflict:
    case ErrorCode::kAlreadyExists:
      return 409;
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kThrottled:
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kCancelled:
    case ErrorCode::kUnreadable:
    case ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

}  // namespace

http::ServerResponse ControlRoutes::Handle(const Request& request) {
  std::string_view rest = request.path;
  Path path;
  if (rest.starts_with("/control/")) {
    rest.remove_prefix(9);
    for (std::size_t slash = 0; slash != std::string_view::npos;
         rest.remove_prefix(slash == std::string_view::npos ? 0 : slash + 1)) {
      slash = rest.find('/');
      path.push_back(rest.substr(0, slash));
    }
  }
  world_.Settle(clock_.Now());
  auto response = path.empty() ? Response{Error{ErrorCode::kNotFound, "every route starts with /control/"}}
                               : Dispatch(request, path);
  if (response) return std::move(*response);
  const auto& error = response.error();
  json::object body{{"error", error.message}};
  if (!error.field.empty()) body["field"] = error.field;
  return JsonOf(body, StatusOf(error));
}

ControlRoutes::Response ControlRoutes::Dispatch(const Request& request, const Path& path) {
  const auto first = path.front();
  const bool post = request.method == "POST";
  if (first == "ledger") return LedgerRoute(request, path);
  if (first == "orders") return OrdersRoute(request, path);
  if (first == "faults") return FaultsRoute(request, path);
  if (first == "clients") return ClientsRoute(request, path);
  if (path.size() == 1) {
    if (first == "health" && !post) return Health();
    if (first == "clock") return ClockRoute(request);
    if (first == "config") return ConfigRoute(request);
    if (first == "generate") return GenerateRoute(request);
    if (first == "burst" && post) return BurstRoute(request);
    if (first == "seed" && post) return SeedRoute(request);
    if (first == "sellers") return SellersRoute(request);
    if (first == "changes" && post) return ChangeMany(request);
  }
  return Error{ErrorCode::kNotFound, fmt::format("no route {} {}", request.method, request.path)};
}

ControlRoutes::Response ControlRoutes::Health() {
  return JsonOf({{"status", "ok"}, {"now", FormatIso8601(clock_.Now())}});
}

ControlRoutes::Response ControlRoutes::ClockRoute(const Request& request) {
  if (request.method == "POST") {
    auto fields = Fields::Parse(request.body);
    if (!fields) return fields.error();
    const auto set = fields->Text("set");
    const auto instant = set ? ParseIso8601(*set) : std::nullopt;
    if (set && !instant) fields->Reject("set", "must be an ISO 8601 instant");
    const auto advance = fields->Int("advance_ms", -kYear, kYear);
    const auto freeze = fields->Bool("freeze");
    const auto skew = fields->Int("date_skew_ms", -kYear, kYear);
    if (const auto checked = fields->Check(); !checked) return checked.error();
    if (freeze) *freeze ? clock_.Freeze() : clock_.Unfreeze();
    if (instant) clock_.Set(*instant);
    if (advance) clock_.Advance(std::chrono::milliseconds{*advance});
    if (skew) world_.choices.date_skew = std::chrono::milliseconds{*skew};
    world_.Settle(clock_.Now());
  }
  return JsonOf({{"now", FormatIso8601(clock_.Now())},
                 {"frozen", clock_.frozen()},
                 {"offset_ms", clock_.offset().count() / 1000},
                 {"date_skew_ms", world_.choices.date_skew.count()}});
}

ControlRoutes::Response ControlRoutes::ConfigRoute(const Request& request) {
  auto& limits = world_.limits;
  auto& choices = world_.choices;
  if (request.method == "POST") {
    auto fields = Fields::Parse(request.body);
    if (!fields) return fields.error();
    const auto lifetime = fields->Int("token_lifetime_s", 1, 86'400);
    const auto tokens = fields->Int("tokens_per_hour", 0, 1'000'000'000);
    const auto calls = fields->Int("calls_per_window", 0, 1'000'000'000);
    const auto window = fields->Int("call_window_s", 1, 86'400);
    const auto retry_after = fields->Bool("retry_after_on_quota");
    const auto conflict = fields->Int("approval_conflict_status", 400, 499);
    const auto strict = fields->Bool("strict_carriers");
    const auto strict_parcels = fields->Bool("strict_parcels");
    const auto delay = fields->Int("acceptance_delay_ms", 0, kYear);
    if (const auto checked = fields->Check(); !checked) return checked.error();
    if (lifetime) limits.token_lifetime = std::chrono::seconds{*lifetime};
    if (tokens) limits.tokens_per_hour = static_cast<std::uint32_t>(*tokens);
    if (calls) limits.calls_per_window = static_cast<std::uint32_t>(*calls);
    if (window) limits.call_window = std::chrono::seconds{*window};
    if (retry_after) limits.retry_after_on_quota = *retry_after;
    if (conflict) choices.approval_conflict_status = static_cast<int>(*conflict);
    if (strict) choices.strict_carriers = *strict;
    if (strict_parcels) choices.strict_parcels = *strict_parcels;
    if (delay) choices.acceptance_delay = std::chrono::milliseconds{*delay};
  }
  return JsonOf({{"token_lifetime_s", limits.token_lifetime.count()},
                 {"tokens_per_hour", limits.tokens_per_hour},
                 {"calls_per_window", limits.calls_per_window},
                 {"call_window_s", limits.call_window.count()},
                 {"retry_after_on_quota", limits.retry_after_on_quota},
                 {"approval_conflict_status", choices.approval_conflict_status},
                 {"strict_carriers", choices.strict_carriers},
                 {"strict_parcels", choices.strict_parcels},
                 {"acceptance_delay_ms", choices.acceptance_delay.count()}});
}

ControlRoutes::Response ControlRoutes::GenerateRoute(const Request& request) {
  if (request.method == "DELETE") generator_.Stop();
  if (request.method == "POST") {
    auto fields = Fields::Parse(request.body);
    if (!fields) return fields.error();
    GeneratorPlan plan;
    plan.orders_per_s = fields->Number("orders_per_s", 0, 100'000).value_or(0);
    plan.changes_per_s = fields->Number("changes_per_s", 0, 100'000).value_or(0);
    plan.sellers = fields->Ints("sellers");
    plan.only_shown = fields->Bool("only_shown").value_or(false);
    const auto seed = fields->Int("seed", 0, INT64_MAX).value_or(1);
    for (const auto seller : plan.sellers) {
      if (!world_.FindSeller(seller)) fields->Reject("sellers", fmt::format("there is no seller {}", seller));
    }
    if (const auto checked = fields->Check(); !checked) return checked.error();
    generator_.Start(std::move(plan), static_cast<std::uint64_t>(seed));
  }
  json::object body{{"running", generator_.plan().has_value()},
                    {"orders_made", generator_.made().orders},
                    {"changes_made", generator_.made().changes}};
  if (const auto& plan = generator_.plan()) {
    body["orders_per_s"] = plan->orders_per_s;
    body["changes_per_s"] = plan->changes_per_s;
    body["only_shown"] = plan->only_shown;
  }
  return JsonOf(body);
}

ControlRoutes::Response ControlRoutes::BurstRoute(const Request& request) {
  auto fields = Fields::Parse(request.body);
  if (!fields) return fields.error();
  const auto orders = fields->Int("orders", 0, 1'000'000).value_or(0);
  const auto changes = fields->Int("changes", 0, 1'000'000).value_or(0);
  const auto sellers = fields->Ints("sellers");
  for (const auto seller : sellers) {
    if (!world_.FindSeller(seller)) fields->Reject("sellers", fmt::format("there is no seller {}", seller));
  }
  if (const auto checked = fields->Check(); !checked) return checked.error();
  const auto made =
      generator_.Burst(static_cast<std::uint64_t>(orders), static_cast<std::uint64_t>(changes), sellers, clock_.Now());
  return JsonOf({{"orders", made.orders}, {"changes", made.changes}});
}

}  // namespace cdiscount::simulator
