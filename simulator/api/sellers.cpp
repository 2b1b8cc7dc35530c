#include <fmt/core.h>

#include <algorithm>

#include "core/time_text.hpp"
#include "simulator/api/call.hpp"

namespace cdiscount::simulator {
namespace {

// As measured (docs/marketplace.md#carriers): codes repeat, and one label ends with a space; which one is not known.
constexpr std::string_view kCarriers =
    R"([{"code":"dpd","label":"DPD"},{"code":"pnl","label":"PostNL"},{"code":"fex","label":"FedEx"},)"
    R"({"code":"med","label":"Med Africa"},{"code":"tnt","label":"TNT"},{"code":"mre","label":"Mondial Relay"},)"
    R"({"code":"brt","label":"BRT"},{"code":"mal","label":"Malaysia Post"},{"code":"fwl","label":"FastWL"},)"
    R"({"code":"cub","label":"CUBYN"},{"code":"dac","label":"Dachser "},{"code":"cne","label":"CNE Express"},)"
    R"({"code":"ems","label":"China EMS"},{"code":"yun","label":"Yun Express"},{"code":"ara","label":"Aramex"},)"
    R"({"code":"hep","label":"Heppner"},{"code":"default","label":"autre"},{"code":"roy","label":"Royal Mail"},)"
    R"({"code":"hmr","label":"Hermes"},{"code":"gls","label":"GLS"},{"code":"asd","label":"Asendia"},)"
    R"({"code":"sfe","label":"SF Express"},{"code":"sfc","label":"SFC Service"},{"code":"ups","label":"UPS"},)"
    R"({"code":"cpr","label":"Colis Privé"},{"code":"cnp","label":"China Post"},{"code":"4px","label":"4PX"},)"
    R"({"code":"maz","label":"Mazet"},{"code":"rlc","label":"Relais Colis"},{"code":"dbs","label":"DB Schenker"},)"
    R"({"code":"bps","label":"Bpost"},{"code":"wip","label":"WishPost"},{"code":"wan","label":"WanbExpress"},)"
    R"({"code":"gef","label":"Gefco"},{"code":"ser","label":"Seur"},{"code":"CLogistics","label":"CLOG"},)"
    R"({"code":"khn","label":"Kuehne + Nagel"},{"code":"pcc","label":"La Poste"},{"code":"pcc","label":"Colissimo"},)"
    R"({"code":"pcc","label":"Chronopost"},{"code":"pcc","label":"Chronofresh"},{"code":"geo","label":"GEODIS"},)"
    R"({"code":"dhldp","label":"DHL"},{"code":"dhldp","label":"Deutsche Post"},{"code":"yan","label":"Yanwen"},)"
    R"({"code":"vir","label":"VIR"},{"code":"tgt","label":"TONGTUEXPRESS"},{"code":"j&t","label":"AFS"},)"
    R"({"code":"cdr","label":"Coordinadora"},{"code":"sue","label":"SwissUniversalExpress"},)"
    R"({"code":"dsv","label":"DSV dpd"},{"code":"clogp30","label":"CChezVous"},{"code":"trk","label":"Trusk"},)"
    R"({"code":"agd","label":"Agediss"},{"code":"gofo","label":"GofoAfs"},{"code":"gel","label":"Gel"},)"
    R"({"code":"erd","label":"Eurodis"},{"code":"jsp","label":"Jersey Post"},{"code":"syp","label":"Sunyou Post"},)"
    R"({"code":"ams","label":"Amazon Shipping"},{"code":"vcv","label":"VertChezVous"},)"
    R"({"code":"can","label":"Cainiao"},{"code":"jcex","label":"JCEX"},{"code":"ydh","label":"YDH"},)"
    R"({"code":"war","label":"Warning"},{"code":"landmark-global","label":"Landmark"}])";

constexpr std::string_view kDeliveryModes =
    R"({"count":2,"items":[{"code":"TRK","name":"Envoi Suivi","delivery_delay":0,"is_express_delivery":false,)"
    R"("more_than30_kg_product":false},{"code":"REG","name":"Recommandé","delivery_delay":0,)"
    R"("is_express_delivery":false,"more_than30_kg_product":false}]})";

}  // namespace

// snake_case, unlike the rest of the API (docs/marketplace.md#sellers). The content of seller_legal_information is not
// known.
http::ServerResponse GetSeller(Call& call) {
  const auto& seller = *call.seller;
  return JsonAnswer(
      200, Dump(Object({{"seller_id", seller.id},
                        {"login", fmt::format("seller{}@example.invalid", seller.id)},
                        {"shop_name", seller.shop_name},
                        {"shop_url", fmt::format("https://shops.example.invalid/{}", seller.id)},
                        {"creation_date", FormatIso8601(std::chrono::floor<std::chrono::seconds>(seller.created_at))},
                        {"seller_state", seller.state},
                        {"seller_sub_state", seller.sub_state},
                        {"subscription_step", seller.subscription_step},
                        {"auto_accept_order", seller.auto_accept_order},
                        {"fulfillment_profile_id", nullptr},
                        {"seller_legal_information", nullptr},
                        {"language", "fr-FR"}})));
}

http::ServerResponse GetDeliveryModes(Call&) {
  return JsonAnswer(200, std::string{kDeliveryModes});
}

http::ServerResponse GetCarriers(Call&) {
  return JsonAnswer(200, std::string{kCarriers});
}

bool IsCarrierLabel(std::string_view name) {
  static const Json carriers = Json::parse(kCarriers);
  const auto trimmed = [](std::string_view label) {
    while (label.ends_with(' ')) label.remove_suffix(1);
    return label;
  };
  return std::any_of(carriers.begin(), carriers.end(), [&](const Json& carrier) {
    return trimmed(carrier.at("label").get_ref<const std::string&>()) == trimmed(name);
  });
}

}  // namespace cdiscount::simulator
