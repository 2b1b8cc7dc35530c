// Sellers, client ids, and a seeded past.
#include <fmt/core.h>

#include "simulator/control/call.hpp"
#include "simulator/world/seeding.hpp"

namespace cdiscount::simulator {
namespace {

Json SellerJson(const Seller& seller) {
  return Object({{"seller_id", seller.id},
                 {"shop_name", seller.shop_name},
                 {"seller_state", seller.state},
                 {"seller_sub_state", seller.sub_state},
                 {"auto_accept_order", seller.auto_accept_order}});
}

// The secret is shown: the control API hands the simulator's secrets out.
Json ClientJson(const Client& client) {
  return Object({{"client_id", client.id},
                 {"client_secret", client.secret.Reveal()},
                 {"sellers", client.sellers},
                 {"tokens_issued", client.tokens_issued}});
}

void ReadStates(Fields& fields, SeedPlan& plan) {
  const auto states = fields.Object("states");
  for (const auto& [name, weight] : states.items()) {
    const auto status = ParseOrderStatus(name);
    const auto drawn = weight.is_number_unsigned() ? weight.get<std::uint64_t>() : UINT64_MAX;
    if (!status || drawn > 1'000'000) {
      fields.Reject("states", "must give a whole number to each named status of an order");
    } else if (drawn > 0) {
      plan.states.emplace_back(*status, static_cast<std::uint32_t>(drawn));
    }
  }
}

ControlReply SetLink(ControlCall& call, bool linked) {
  auto* client = call.world.credentials().Find(call.id);
  if (!client) return NotThere("client id", call.id, "client_id");
  SellerId seller = 0;
  call.fields.Require("seller_id");
  call.fields.Read("seller_id", seller, 1, 1'000'000'000);
  call.RequireSellers("seller_id", {seller});
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  if (linked) {
    client->sellers.insert(seller);
  } else {
    client->sellers.erase(seller);
  }
  return ClientJson(*client);
}

}  // namespace

ControlReply SeedWorld(ControlCall& call) {
  auto& fields = call.fields;
  SeedPlan plan;
  fields.Read("seed", plan.seed, 0, INT64_MAX);
  fields.Read("sellers", plan.sellers, 0, 100'000);
  fields.Read("first_seller", plan.first_seller, 1, 1'000'000'000);
  fields.Read("clients", plan.clients, 0, 10'000);
  fields.Read("orders", plan.orders, 0, 5'000'000);
  fields.Read("since_s", plan.since, 0, std::int64_t{366} * 86'400);
  fields.Read("manual_acceptance_percent", plan.manual_acceptance_percent, 0, 100);
  ReadStates(fields, plan);
  if (const auto wrong = fields.Wrong()) return *wrong;
  const auto client_ids = Seed(call.world, plan, call.now());
  Json clients = Json::array();
  for (const auto& id : client_ids) clients.push_back(ClientJson(*call.world.credentials().Find(id)));
  return Object(
      {{"clients", std::move(clients)}, {"sellers", plan.sellers}, {"orders", plan.sellers > 0 ? plan.orders : 0}});
}

ControlReply ListSellers(ControlCall& call) {
  Json items = Json::array();
  for (const auto& [id, seller] : call.world.sellers()) items.push_back(SellerJson(seller));
  return Object({{"items", std::move(items)}});
}

ControlReply SetSeller(ControlCall& call) {
  auto& fields = call.fields;
  SellerId id = 0;
  fields.Require("seller_id");
  fields.Read("seller_id", id, 1, 1'000'000'000);
  const auto* known = call.world.FindSeller(id);
  auto wanted = known ? *known : Seller{};
  fields.Read("seller_state", wanted.state);
  if (wanted.state != "Activated" && wanted.state != "Deactivated" && wanted.state != "PutOnNotice") {
    fields.Reject("seller_state", "must be Activated, Deactivated or PutOnNotice");
  }
  fields.Read("seller_sub_state", wanted.sub_state);
  if (wanted.sub_state != "ActiveSeller" && wanted.sub_state != "Holidays" && wanted.sub_state != "BannedSeller") {
    fields.Reject("seller_sub_state", "must be ActiveSeller, Holidays or BannedSeller");
  }
  fields.Read("auto_accept_order", wanted.auto_accept_order);
  fields.Read("shop_name", wanted.shop_name);
  if (const auto wrong = fields.Wrong()) return *wrong;
  auto& seller = call.world.AddSeller(id, call.now());
  if (!wanted.shop_name.empty()) seller.shop_name = wanted.shop_name;
  seller.state = wanted.state;
  seller.sub_state = wanted.sub_state;
  seller.auto_accept_order = wanted.auto_accept_order;
  return SellerJson(seller);
}

ControlReply ListClients(ControlCall& call) {
  Json items = Json::array();
  for (const auto& [id, client] : call.world.credentials().clients()) items.push_back(ClientJson(client));
  return Object({{"items", std::move(items)}});
}

ControlReply SetClient(ControlCall& call) {
  auto& credentials = call.world.credentials();
  std::string id;
  std::optional<std::string> secret;
  std::vector<SellerId> sellers;
  call.fields.Require("client_id");
  call.fields.Read("client_id", id);
  call.fields.Read("client_secret", secret);
  call.fields.Read("sellers", sellers);
  call.RequireSellers("sellers", sellers);
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  auto& client = credentials.SetClient(id, secret ? Secret{*secret} : credentials.NewSecret());
  client.sellers.insert(sellers.begin(), sellers.end());
  return ClientJson(client);
}

ControlReply RotateSecret(ControlCall& call) {
  auto& credentials = call.world.credentials();
  if (!credentials.Find(call.id)) return NotThere("client id", call.id, "client_id");
  std::optional<std::string> secret;
  call.fields.Read("client_secret", secret);
  if (const auto wrong = call.fields.Wrong()) return *wrong;
  return ClientJson(credentials.SetClient(call.id, secret ? Secret{*secret} : credentials.NewSecret()));
}

ControlReply LinkSeller(ControlCall& call) {
  return SetLink(call, true);
}

ControlReply UnlinkSeller(ControlCall& call) {
  return SetLink(call, false);
}

}  // namespace cdiscount::simulator
