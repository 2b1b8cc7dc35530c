#include <fmt/core.h>

#include "core/time_text.hpp"
#include "simulator/control/control.hpp"
#include "simulator/control/control_json.hpp"
#include "simulator/control/fields.hpp"
#include "simulator/world/seeding.hpp"

namespace cdiscount::simulator {

namespace json = boost::json;

namespace {

json::object SellerJson(const Seller& seller) {
  return {{"seller_id", seller.id},
          {"shop_name", seller.shop_name},
          {"seller_state", seller.state},
          {"seller_sub_state", seller.sub_state},
          {"auto_accept_order", seller.auto_accept_order}};
}

// The secret is shown: this is a simulator, and whoever steers it hands the secrets out.
json::object ClientJson(const Client& client) {
  json::array sellers;
  for (const auto seller : client.sellers) sellers.emplace_back(seller);
  return {{"client_id", client.id},
          {"client_secret", client.secret.Reveal()},
          {"sellers", std::move(sellers)},
          {"tokens_issued", client.tokens_issued}};
}

}  // namespace

ControlRoutes::Response ControlRoutes::SeedRoute(const Request& request) {
  auto fields = Fields::Parse(request.body);
  if (!fields) return fields.error();
  SeedPlan plan;
  plan.seed = static_cast<std::uint64_t>(fields->Int("seed", 0, INT64_MAX).value_or(1));
  plan.sellers = static_cast<std::uint64_t>(fields->Int("sellers", 0, 100'000).value_or(1));
  plan.first_seller = fields->Int("first_seller", 1, 1'000'000'000).value_or(plan.first_seller);
  plan.clients = static_cast<std::uint64_t>(fields->Int("clients", 0, 10'000).value_or(1));
  plan.orders = static_cast<std::uint64_t>(fields->Int("orders", 0, 5'000'000).value_or(0));
  plan.since = std::chrono::seconds{fields->Int("since_s", 0, 366 * 86'400).value_or(86'400)};
  plan.manual_acceptance_percent =
      static_cast<std::uint32_t>(fields->Int("manual_acceptance_percent", 0, 100).value_or(30));
  if (auto states = fields->Object("states")) {
    Fields weights{*states};
    for (const auto& [name, weight] : *states) {
      const auto status = ParseOrderStatus(name);
      if (!status) fields->Reject("states", fmt::format("{} is no order status", std::string_view{name}));
      const auto drawn = weights.Int(name, 0, 1'000'000);
      if (!drawn) fields->Reject("states", "must give a whole number for each status");
      if (status && drawn && *drawn > 0) plan.states.emplace_back(*status, static_cast<std::uint32_t>(*drawn));
    }
  }
  if (const auto checked = fields->Check(); !checked) return checked.error();
  const auto report = Seed(world_, plan, clock_.Now());
  json::array clients;
  for (const auto& id : report.client_ids) clients.push_back(ClientJson(*world_.credentials().Find(id)));
  return JsonOf({{"clients", std::move(clients)}, {"sellers", report.sellers}, {"orders", report.orders}});
}

ControlRoutes::Response ControlRoutes::SellersRoute(const Request& request) {
  if (request.method == "GET") {
    json::array sellers;
    for (const auto& [id, seller] : world_.sellers()) sellers.push_back(SellerJson(seller));
    return JsonOf({{"items", std::move(sellers)}});
  }
  auto fields = Fields::Parse(request.body);
  if (!fields) return fields.error();
  fields->Require("seller_id");
  const auto id = fields->Int("seller_id", 1, 1'000'000'000);
  const auto state = fields->Text("seller_state");
  if (state && *state != "Activated" && *state != "Deactivated" && *state != "PutOnNotice") {
    fields->Reject("seller_state", "must be Activated, Deactivated or PutOnNotice");
  }
  const auto sub_state = fields->Text("seller_sub_state");
  if (sub_state && *sub_state != "ActiveSeller" && *sub_state != "Holidays" && *sub_state != "BannedSeller") {
    fields->Reject("seller_sub_state", "must be ActiveSeller, Holidays or BannedSeller");
  }
  const auto auto_accept = fields->Bool("auto_accept_order");
  const auto shop_name = fields->Text("shop_name");
  if (const auto checked = fields->Check(); !checked) return checked.error();
  auto& seller = world_.AddSeller(*id, clock_.Now());
  if (state) seller.state = *state;
  if (sub_state) seller.sub_state = *sub_state;
  if (auto_accept) seller.auto_accept_order = *auto_accept;
  if (shop_name) seller.shop_name = *shop_name;
  return JsonOf(SellerJson(seller));
}

ControlRoutes::Response ControlRoutes::ClientsRoute(const Request& request, const Path& path) {
  auto& credentials = world_.credentials();
  if (request.method == "GET" && path.size() == 1) {
    json::array clients;
    for (const auto& [id, client] : credentials.clients()) clients.push_back(ClientJson(client));
    return JsonOf({{"items", std::move(clients)}});
  }
  if (request.method != "POST" || path.size() == 2 || path.size() > 3) {
    return Error{ErrorCode::kNotFound, "clients has GET, POST, and POST {client_id}/secret | link | unlink"};
  }
  auto fields = Fields::Parse(request.body);
  if (!fields) return fields.error();
  if (path.size() == 1) {
    fields->Require("client_id");
    const auto id = fields->Text("client_id");
    const auto secret = fields->Text("client_secret");
    const auto sellers = fields->Ints("sellers");
    for (const auto seller : sellers) {
      if (!world_.FindSeller(seller)) fields->Reject("sellers", fmt::format("there is no seller {}", seller));
    }
    if (const auto checked = fields->Check(); !checked) return checked.error();
    auto& client = credentials.SetClient(*id, secret ? Secret{*secret} : credentials.NewSecret());
    client.sellers.insert(sellers.begin(), sellers.end());
    return JsonOf(ClientJson(client));
  }
  auto* client = credentials.Find(path[1]);
  if (!client) return Error{ErrorCode::kNotFound, fmt::format("there is no client id {}", path[1]), {}, "client_id"};
  if (path[2] == "secret") {
    const auto secret = fields->Text("client_secret");
    if (const auto checked = fields->Check(); !checked) return checked.error();
    credentials.SetClient(client->id, secret ? Secret{*secret} : credentials.NewSecret());
    return JsonOf(ClientJson(*client));
  }
  if (path[2] != "link" && path[2] != "unlink") {
    return Error{ErrorCode::kNotFound, "a client id has POST secret, link and unlink"};
  }
  fields->Require("seller_id");
  const auto seller = fields->Int("seller_id", 1, 1'000'000'000);
  if (seller && !world_.FindSeller(*seller)) fields->Reject("seller_id", fmt::format("there is no seller {}", *seller));
  if (const auto checked = fields->Check(); !checked) return checked.error();
  if (path[2] == "link") {
    client->sellers.insert(*seller);
  } else {
    client->sellers.erase(*seller);
  }
  return JsonOf(ClientJson(*client));
}

}  // namespace cdiscount::simulator
