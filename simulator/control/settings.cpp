// The clock, the limits and choices, and the generator.
#include "core/time_text.hpp"
#include "simulator/control/call.hpp"

namespace cdiscount::simulator {

ControlReply GetHealth(ControlCall& call) {
  return Object({{"status", "ok"}, {"now", FormatIso8601(call.now())}});
}

ControlReply GetClock(ControlCall& call) {
  return Object({{"now", FormatIso8601(call.now())},
                 {"frozen", call.clock.frozen()},
                 {"offset_ms", call.clock.offset().count() / 1000},
                 {"date_skew_ms", call.world.choices.date_skew.count()}});
}

ControlReply SetClock(ControlCall& call) {
  std::optional<SysTime> set;
  std::optional<bool> freeze;
  std::chrono::milliseconds advance{0};
  auto skew = call.world.choices.date_skew;
  call.fields.ReadWord("set", set, ParseIso8601, "must be an ISO 8601 instant");
  call.fields.Read("advance_ms", advance, -kYear, kYear);
  call.fields.Read("freeze", freeze);
  call.fields.Read("date_skew_ms", skew, -kYear, kYear);
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  if (freeze) *freeze ? call.clock.Freeze() : call.clock.Unfreeze();
  if (set) call.clock.Set(*set);
  if (advance.count() != 0) call.clock.Advance(advance);
  call.world.choices.date_skew = skew;
  call.world.Settle(call.now());
  return GetClock(call);
}

namespace {

// Every limit and choice with its name and its bounds.
template <class Visit>
void VisitConfig(Limits& limits, Choices& choices, Visit visit) {
  visit("token_lifetime_s", limits.token_lifetime, 1, 86'400);
  visit("tokens_per_hour", limits.tokens_per_hour, 0, 1'000'000'000);
  visit("calls_per_window", limits.calls_per_window, 0, 1'000'000'000);
  visit("call_window_s", limits.call_window, 1, 86'400);
  visit("retry_after_on_quota", limits.retry_after_on_quota);
  visit("approval_conflict_status", choices.approval_conflict_status, 400, 499);
  visit("strict_carriers", choices.strict_carriers);
  visit("strict_parcels", choices.strict_parcels);
  visit("acceptance_delay_ms", choices.acceptance_delay, 0, kYear);
}

Json ToJson(const auto& value) {
  if constexpr (requires { value.count(); }) {
    return value.count();
  } else {
    return value;
  }
}

}  // namespace

ControlReply GetConfig(ControlCall& call) {
  Json out = Json::object();
  VisitConfig(call.world.limits, call.world.choices,
              [&](const char* name, const auto& value, auto...) { out[name] = ToJson(value); });
  return out;
}

ControlReply SetConfig(ControlCall& call) {
  auto limits = call.world.limits;
  auto choices = call.world.choices;
  VisitConfig(limits, choices,
              [&](const char* name, auto& value, auto... bounds) { call.fields.Read(name, value, bounds...); });
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  call.world.limits = limits;
  call.world.choices = choices;
  return GetConfig(call);
}

ControlReply GetGenerator(ControlCall& call) {
  const auto& generator = call.generator;
  Json out = Object({{"running", generator.plan().has_value()},
                     {"orders_made", generator.made().orders},
                     {"changes_made", generator.made().changes}});
  if (const auto& plan = generator.plan()) {
    out["orders_per_s"] = plan->orders_per_s;
    out["changes_per_s"] = plan->changes_per_s;
    out["only_shown"] = plan->only_shown;
  }
  return out;
}

ControlReply StartGenerator(ControlCall& call) {
  GeneratorPlan plan;
  std::uint64_t seed = 1;
  call.fields.Read("orders_per_s", plan.orders_per_s, 0, 100'000);
  call.fields.Read("changes_per_s", plan.changes_per_s, 0, 100'000);
  call.fields.Read("sellers", plan.sellers);
  call.fields.Read("only_shown", plan.only_shown);
  call.fields.Read("seed", seed, 0, INT64_MAX);
  call.RequireSellers("sellers", plan.sellers);
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  call.generator.Start(std::move(plan), seed);
  return GetGenerator(call);
}

ControlReply StopGenerator(ControlCall& call) {
  call.generator.Stop();
  return GetGenerator(call);
}

ControlReply Burst(ControlCall& call) {
  std::uint64_t orders = 0, changes = 0;
  std::vector<SellerId> sellers;
  call.fields.Read("orders", orders, 0, 1'000'000);
  call.fields.Read("changes", changes, 0, 1'000'000);
  call.fields.Read("sellers", sellers);
  call.RequireSellers("sellers", sellers);
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  const auto made = call.generator.Burst(orders, changes, sellers, call.now());
  return Object({{"orders", made.orders}, {"changes", made.changes}});
}

}  // namespace cdiscount::simulator
