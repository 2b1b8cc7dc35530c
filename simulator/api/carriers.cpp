#include <array>
#include <string>

#include "simulator/api/routes.hpp"
#include "simulator/world/json_writer.hpp"

namespace cdiscount::simulator {
namespace {

struct Carrier {
  std::string_view code, label;
};

// Codes repeat. One label had a trailing space when it was measured; which one is not known, so one was picked.
constexpr std::array<Carrier, 66> kCarriers = {{
    {"dpd", "DPD"},
    {"pnl", "PostNL"},
    {"fex", "FedEx"},
    {"med", "Med Africa"},
    {"tnt", "TNT"},
    {"mre", "Mondial Relay"},
    {"brt", "BRT"},
    {"mal", "Malaysia Post"},
    {"fwl", "FastWL"},
    {"cub", "CUBYN"},
    {"dac", "Dachser "},
    {"cne", "CNE Express"},
    {"ems", "China EMS"},
    {"yun", "Yun Express"},
    {"ara", "Aramex"},
    {"hep", "Heppner"},
    {"default", "autre"},
    {"roy", "Royal Mail"},
    {"hmr", "Hermes"},
    {"gls", "GLS"},
    {"asd", "Asendia"},
    {"sfe", "SF Express"},
    {"sfc", "SFC Service"},
    {"ups", "UPS"},
    {"cpr", "Colis Privé"},
    {"cnp", "China Post"},
    {"4px", "4PX"},
    {"maz", "Mazet"},
    {"rlc", "Relais Colis"},
    {"dbs", "DB Schenker"},
    {"bps", "Bpost"},
    {"wip", "WishPost"},
    {"wan", "WanbExpress"},
    {"gef", "Gefco"},
    {"ser", "Seur"},
    {"CLogistics", "CLOG"},
    {"khn", "Kuehne + Nagel"},
    {"pcc", "La Poste"},
    {"pcc", "Colissimo"},
    {"pcc", "Chronopost"},
    {"pcc", "Chronofresh"},
    {"geo", "GEODIS"},
    {"dhldp", "DHL"},
    {"dhldp", "Deutsche Post"},
    {"yan", "Yanwen"},
    {"vir", "VIR"},
    {"tgt", "TONGTUEXPRESS"},
    {"j&t", "AFS"},
    {"cdr", "Coordinadora"},
    {"sue", "SwissUniversalExpress"},
    {"dsv", "DSV dpd"},
    {"clogp30", "CChezVous"},
    {"trk", "Trusk"},
    {"agd", "Agediss"},
    {"gofo", "GofoAfs"},
    {"gel", "Gel"},
    {"erd", "Eurodis"},
    {"jsp", "Jersey Post"},
    {"syp", "Sunyou Post"},
    {"ams", "Amazon Shipping"},
    {"vcv", "VertChezVous"},
    {"can", "Cainiao"},
    {"jcex", "JCEX"},
    {"ydh", "YDH"},
    {"war", "Warning"},
    {"landmark-global", "Landmark"},
}};

}  // namespace

std::string_view CarriersJson() {
  static const std::string text = [] {
    std::string out;
    JsonWriter json(out);
    json.BeginArray();
    for (const auto& carrier : kCarriers) {
      json.BeginObject();
      json.Key("code");
      json.String(carrier.code);
      json.Key("label");
      json.String(carrier.label);
      json.EndObject();
    }
    json.EndArray();
    return out;
  }();
  return text;
}

bool IsCarrierLabel(std::string_view name) {
  const auto trimmed = [](std::string_view label) {
    while (label.ends_with(' ')) label.remove_suffix(1);
    return label;
  };
  for (const auto& carrier : kCarriers) {
    if (trimmed(carrier.label) == trimmed(name)) return true;
  }
  return false;
}

}  // namespace cdiscount::simulator
