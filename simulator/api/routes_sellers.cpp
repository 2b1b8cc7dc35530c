#include <fmt/core.h>

#include "core/time_text.hpp"
#include "simulator/api/routes.hpp"
#include "simulator/world/json_writer.hpp"

namespace cdiscount::simulator {

// snake_case, unlike the rest of the API. Source: octopia-rest-v2.md, 8. What is in seller_legal_information is not
// known.
http::ServerResponse OctopiaRoutes::GetSeller(Call& call) {
  const auto& seller = *call.seller;
  std::string body;
  JsonWriter json(body);
  json.BeginObject();
  json.Key("seller_id");
  json.Int(seller.id);
  json.Key("login");
  json.String(fmt::format("seller{}@example.invalid", seller.id));
  json.Key("shop_name");
  json.String(seller.shop_name);
  json.Key("shop_url");
  json.String(fmt::format("https://shops.example.invalid/{}", seller.id));
  json.Key("creation_date");
  json.String(FormatIso8601(std::chrono::floor<std::chrono::seconds>(seller.created_at)));
  json.Key("seller_state");
  json.String(seller.state);
  json.Key("seller_sub_state");
  json.String(seller.sub_state);
  json.Key("subscription_step");
  json.String(seller.subscription_step);
  json.Key("auto_accept_order");
  json.Bool(seller.auto_accept_order);
  json.Key("fulfillment_profile_id");
  json.Null();
  json.Key("seller_legal_information");
  json.Null();
  json.Key("language");
  json.String("fr-FR");
  json.EndObject();
  return JsonAnswer(200, std::move(body));
}

}  // namespace cdiscount::simulator
