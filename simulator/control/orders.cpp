#include <fmt/core.h>

#include "simulator/control/call.hpp"

namespace cdiscount::simulator {
namespace {

constexpr std::string_view kStatusExpected = "must be one of the nine statuses of an order";

// A requested change; `next` stands for the order's next step.
struct AskedChange {
  Change change;
  bool next = false;
  std::chrono::milliseconds visible_after{0};
};

AskedChange ReadChange(Fields& fields) {
  AskedChange asked;
  auto& change = asked.change;
  std::optional<CancelInitiator> initiator;
  fields.ReadWord("status", change.status, ParseOrderStatus, kStatusExpected);
  fields.Read("next", asked.next);
  fields.Read("cancel_line", change.cancel_line, 0, 1000);
  fields.Read("ask_cancel_line", change.ask_cancel_line, 0, 1000);
  fields.ReadWord("initiator", initiator, ParseCancelInitiator, "must be Customer, Seller or SalesChannel");
  change.initiator = initiator.value_or(change.initiator);
  fields.Read("add_fee_minor", change.add_fee_minor, -1'000'000'000, 1'000'000'000);
  fields.Read("force", change.force);
  fields.Read("stamp_back_ms", change.stamp_back, 0, kYear);
  fields.Read("visible_after_ms", asked.visible_after, 0, kYear);
  if (!asked.next && !change.status && !change.cancel_line && !change.ask_cancel_line && change.add_fee_minor == 0) {
    fields.Reject("status", "give status, next, cancel_line, ask_cancel_line or add_fee_minor");
  }
  return asked;
}

Result<const KeptVersion*> Make(ControlCall& call, const std::string& order_id, AskedChange asked) {
  const auto* record = call.world.orders().Find(order_id);
  if (record && asked.next) {
    const auto stamp_back = asked.change.stamp_back;
    asked.change = call.world.NextChange(record->latest());
    asked.change.stamp_back = stamp_back;
  }
  return call.world.ChangeOrder(order_id, asked.change, call.now(), asked.visible_after);
}

}  // namespace

ControlReply ShowOrder(ControlCall& call) {
  const auto* record = call.world.orders().Find(call.id);
  if (!record) return NotThere("order", call.id, "order_id");
  Json versions = Json::array();
  for (const auto& version : call.world.ledger().versions()) {
    if (version.order_id == call.id) versions.push_back(VersionJson(version));
  }
  return Object({{"order_id", call.id},
                 {"seller", record->seller},
                 {"status", ToText(record->latest().status())},
                 {"visible_version", record->visible_version},
                 {"versions", std::move(versions)}});
}

ControlReply CreateOrders(ControlCall& call) {
  auto& fields = call.fields;
  OrderWish wish;
  World::Timing timing;
  std::int64_t count = 1;
  fields.Require("seller_id");
  fields.Read("seller_id", wish.seller, 1, 1'000'000'000);
  call.RequireSellers("seller_id", {wish.seller});
  fields.ReadWord("status", wish.status, ParseOrderStatus, kStatusExpected);
  fields.Read("lines", wish.lines, 1, 1000);
  fields.Read("business", wish.business);
  fields.Read("pickup", wish.pickup);
  fields.Read("null_reference", wish.null_reference);
  fields.Read("null_gtin", wish.null_gtin);
  fields.Read("reference", wish.reference);
  fields.Read("canary", wish.canary);
  fields.ReadWord("supply_mode", wish.supply, ParseSupplyMode, "must be Seller, Fulfillment or Xdock");
  fields.Read("visible_after_ms", timing.visible_after, 0, kYear);
  fields.Read("late_by_ms", timing.late_by, 0, kYear);
  fields.Read("count", count, 1, 100'000);
  if (const auto wrong = fields.Wrong()) return *wrong;
  Json made = Json::array();
  for (std::int64_t i = 0; i < count; ++i) {
    call.world.CreateOrder(wish, call.now(), timing);
    made.push_back(VersionJson(call.world.ledger().versions().back()));
  }
  return {Object({{"items", std::move(made)}}), 201};
}

ControlReply ChangeOrder(ControlCall& call) {
  const auto asked = ReadChange(call.fields);
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  const auto version = Make(call, call.id, asked);
  if (!version) return version.error();
  return VersionJson(**version);
}

ControlReply ChangeOrders(ControlCall& call) {
  call.fields.Require("changes");
  const auto list = call.fields.Objects("changes");
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  // All are read before the first is made, so that wrong input changes nothing.
  std::vector<std::pair<std::string, AskedChange>> all;
  for (const auto& object : list) {
    Fields one{object};
    std::string order_id;
    one.Require("order_id");
    one.Read("order_id", order_id);
    if (!call.world.orders().Find(order_id)) one.Reject("order_id", fmt::format("there is no order {}", order_id));
    auto asked = ReadChange(one);
    if (const auto wrong = one.Wrong()) return *wrong;
    all.emplace_back(std::move(order_id), std::move(asked));
  }
  Json items = Json::array();
  for (const auto& [order_id, asked] : all) {
    const auto version = Make(call, order_id, asked);
    items.push_back(version ? VersionJson(**version)
                            : Object({{"order_id", order_id}, {"error", version.error().message}}));
  }
  return Object({{"items", std::move(items)}});
}

ControlReply SetOddity(ControlCall& call) {
  Oddity oddity;
  for (const auto& [name, flag, acceptable] : kOddityFlags) call.fields.Read(name, oddity.*flag);
  call.fields.Read("flicker", oddity.flicker, 0, 100);
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  auto* record = call.world.orders().Find(call.id);
  if (!record) return NotThere("order", call.id, "order_id");
  record->oddity = oddity;
  record->odd_showings = 0;
  return Object({{"order_id", call.id}, {"odd", oddity.any()}});
}

ControlReply SetBusy(ControlCall& call) {
  std::chrono::milliseconds every{0};
  call.fields.Require("every_ms");
  call.fields.Read("every_ms", every, 0, kYear);
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  if (!call.world.orders().Find(call.id)) return NotThere("order", call.id, "order_id");
  call.world.KeepBusy(call.id, every, call.now());
  return Object({{"order_id", call.id}, {"every_ms", every.count()}});
}

}  // namespace cdiscount::simulator
