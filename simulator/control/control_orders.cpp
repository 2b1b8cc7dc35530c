#include <fmt/core.h>

#include "core/time_text.hpp"
#include "simulator/control/control.hpp"
#include "simulator/control/control_json.hpp"
#include "simulator/control/fields.hpp"

namespace cdiscount::simulator {

namespace json = boost::json;

namespace {

constexpr std::int64_t kYear = 366LL * 86'400'000;  // ms

std::optional<OrderStatus> StatusField(Fields& fields, std::string_view name) {
  const auto text = fields.Text(name);
  if (!text) return std::nullopt;
  const auto status = ParseOrderStatus(*text);
  if (!status) fields.Reject(name, fmt::format("'{}' is no order status", *text));
  return status;
}

// What a change asks for; `next` stands for the order's next step.
struct AskedChange {
  Change change;
  bool next = false;
  std::chrono::milliseconds visible_after{0};
};

AskedChange ReadChange(Fields& fields) {
  AskedChange asked;
  asked.change.status = StatusField(fields, "status");
  asked.next = fields.Bool("next").value_or(false);
  if (const auto line = fields.Int("cancel_line", 0, 1000)) asked.change.cancel_line = static_cast<std::size_t>(*line);
  if (const auto line = fields.Int("ask_cancel_line", 0, 1000)) {
    asked.change.ask_cancel_line = static_cast<std::size_t>(*line);
  }
  if (const auto text = fields.Text("initiator")) {
    const auto initiator = ParseCancelInitiator(*text);
    if (!initiator) fields.Reject("initiator", "must be Customer, Seller or SalesChannel");
    asked.change.initiator = initiator.value_or(CancelInitiator::kCustomer);
  }
  asked.change.add_fee_minor = fields.Int("add_fee_minor", -1'000'000'000, 1'000'000'000).value_or(0);
  asked.change.force = fields.Bool("force").value_or(false);
  asked.change.stamp_back = std::chrono::milliseconds{fields.Int("stamp_back_ms", 0, kYear).value_or(0)};
  asked.visible_after = std::chrono::milliseconds{fields.Int("visible_after_ms", 0, kYear).value_or(0)};
  if (!asked.next && !asked.change.status && !asked.change.cancel_line && !asked.change.ask_cancel_line &&
      asked.change.add_fee_minor == 0) {
    fields.Reject("status", "give status, next, cancel_line, ask_cancel_line or add_fee_minor");
  }
  return asked;
}

Result<const KeptVersion*> Make(World& world, std::string_view order_id, AskedChange asked, SysTime now) {
  if (asked.next) {
    const auto* record = world.orders().Find(order_id);
    const auto stamp_back = asked.change.stamp_back;
    if (record) asked.change = world.NextChange(record->latest());
    asked.change.stamp_back = stamp_back;
  }
  return world.ChangeOrder(order_id, asked.change, now, asked.visible_after);
}

}  // namespace

ControlRoutes::Response ControlRoutes::OrdersRoute(const Request& request, const Path& path) {
  const bool post = request.method == "POST";
  if (path.size() == 1 && post) return CreateOrders(request);
  if (path.size() == 3 && post && path[2] == "change") return ChangeOrder(request, path[1]);
  if (path.size() == 3 && post && path[2] == "oddity") return SetOddity(request, path[1]);
  if (path.size() == 3 && post && path[2] == "busy") return SetBusy(request, path[1]);
  if (path.size() != 2 || post) {
    return Error{ErrorCode::kNotFound,
                 "orders has POST, GET {order_id}, POST {order_id}/change, {order_id}/oddity and {order_id}/busy"};
  }
  auto* record = world_.orders().Find(path[1]);
  if (!record) return Error{ErrorCode::kNotFound, fmt::format("there is no order {}", path[1]), {}, "order_id"};
  json::array versions;
  for (const auto& version : world_.ledger().versions()) {
    if (version.order_id == path[1]) versions.push_back(VersionJson(version));
  }
  return JsonOf({{"order_id", record->latest().id},
                 {"seller", record->latest().seller},
                 {"status", ToText(record->latest().status)},
                 {"visible_version", record->visible_version},
                 {"versions", std::move(versions)}});
}

ControlRoutes::Response ControlRoutes::CreateOrders(const Request& request) {
  auto fields = Fields::Parse(request.body);
  if (!fields) return fields.error();
  OrderWish wish;
  fields->Require("seller_id");
  wish.seller = fields->Int("seller_id", 1, 1'000'000'000).value_or(0);
  if (fields->Has("seller_id") && !world_.FindSeller(wish.seller)) {
    fields->Reject("seller_id", fmt::format("there is no seller {}", wish.seller));
  }
  wish.status = StatusField(*fields, "status");
  if (const auto lines = fields->Int("lines", 1, 1000)) wish.lines = static_cast<int>(*lines);
  wish.business = fields->Bool("business");
  wish.pickup = fields->Bool("pickup");
  wish.null_reference = fields->Bool("null_reference");
  wish.null_gtin = fields->Bool("null_gtin");
  wish.reference = fields->Text("reference");
  wish.canary = fields->Text("canary");
  if (const auto supply = fields->Text("supply_mode")) {
    wish.supply = ParseSupplyMode(*supply);
    if (!wish.supply) fields->Reject("supply_mode", "must be Seller, Fulfillment or Xdock");
  }
  const World::Timing timing{
      .visible_after = std::chrono::milliseconds{fields->Int("visible_after_ms", 0, kYear).value_or(0)},
      .late_by = std::chrono::milliseconds{fields->Int("late_by_ms", 0, kYear).value_or(0)}};
  const auto count = fields->Int("count", 1, 100'000).value_or(1);
  if (const auto checked = fields->Check(); !checked) return checked.error();
  json::array made;
  for (std::int64_t i = 0; i < count; ++i) {
    world_.CreateOrder(wish, clock_.Now(), timing);
    made.push_back(VersionJson(world_.ledger().versions().back()));
  }
  return JsonOf({{"items", std::move(made)}}, 201);
}

ControlRoutes::Response ControlRoutes::ChangeOrder(const Request& request, std::string_view order_id) {
  auto fields = Fields::Parse(request.body);
  if (!fields) return fields.error();
  const auto asked = ReadChange(*fields);
  if (const auto checked = fields->Check(); !checked) return checked.error();
  const auto version = Make(world_, order_id, asked, clock_.Now());
  if (!version) return version.error();
  return JsonOf(VersionJson(**version));
}

ControlRoutes::Response ControlRoutes::ChangeMany(const Request& request) {
  auto fields = Fields::Parse(request.body);
  if (!fields) return fields.error();
  fields->Require("changes");
  const auto list = fields->Objects("changes");
  if (const auto checked = fields->Check(); !checked) return checked.error();
  // All are read before the first is made, so that wrong input changes nothing.
  std::vector<std::pair<std::string, AskedChange>> all;
  for (const auto& object : list) {
    Fields one{object};
    one.Require("order_id");
    auto order_id = one.Text("order_id");
    if (order_id && !world_.orders().Find(*order_id))
      one.Reject("order_id", fmt::format("there is no order {}", *order_id));
    auto asked = ReadChange(one);
    if (const auto checked = one.Check(); !checked) return checked.error();
    all.emplace_back(std::move(*order_id), std::move(asked));
  }
  json::array items;
  for (const auto& [order_id, asked] : all) {
    const auto version = Make(world_, order_id, asked, clock_.Now());
    items.push_back(version ? VersionJson(**version)
                            : json::object{{"order_id", order_id}, {"error", version.error().message}});
  }
  return JsonOf({{"items", std::move(items)}});
}

ControlRoutes::Response ControlRoutes::SetOddity(const Request& request, std::string_view order_id) {
  auto fields = Fields::Parse(request.body);
  if (!fields) return fields.error();
  Oddity oddity;
  oddity.unknown_enum = fields->Bool("unknown_enum").value_or(false);
  oddity.unknown_fields = fields->Bool("unknown_fields").value_or(false);
  oddity.null_fields = fields->Bool("null_fields").value_or(false);
  oddity.absent_fields = fields->Bool("absent_fields").value_or(false);
  oddity.broken_json = fields->Bool("broken_json").value_or(false);
  oddity.wrong_types = fields->Bool("wrong_types").value_or(false);
  oddity.missing_certain = fields->Bool("missing_certain").value_or(false);
  oddity.broken_brackets = fields->Bool("broken_brackets").value_or(false);
  oddity.other_seller = fields->Bool("other_seller").value_or(false);
  oddity.other_channel = fields->Bool("other_channel").value_or(false);
  oddity.nul_in_id = fields->Bool("nul_in_id").value_or(false);
  oddity.flicker = static_cast<int>(fields->Int("flicker", 0, 100).value_or(0));
  if (const auto checked = fields->Check(); !checked) return checked.error();
  auto* record = world_.orders().Find(order_id);
  if (!record) return Error{ErrorCode::kNotFound, fmt::format("there is no order {}", order_id), {}, "order_id"};
  record->oddity = oddity;
  record->odd_showings = 0;
  return JsonOf({{"order_id", order_id}, {"odd", oddity.any()}});
}

ControlRoutes::Response ControlRoutes::SetBusy(const Request& request, std::string_view order_id) {
  auto fields = Fields::Parse(request.body);
  if (!fields) return fields.error();
  fields->Require("every_ms");
  const auto every = fields->Int("every_ms", 0, kYear);
  if (const auto checked = fields->Check(); !checked) return checked.error();
  if (!world_.orders().Find(order_id)) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no order {}", order_id), {}, "order_id"};
  }
  world_.KeepBusy(order_id, std::chrono::milliseconds{*every}, clock_.Now());
  return JsonOf({{"order_id", order_id}, {"every_ms", *every}});
}

}  // namespace cdiscount::simulator
