#include "simulator/world/order_factory.hpp"

#include <fmt/core.h>

#include <array>

namespace cdiscount::simulator {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::array<std::string_view, 12> kFirstNames = {"Claire", "Camille", "Hugo", "Léa",   "Jean-Noël", "Inès",
                                                          "Lucas",  "Zoé",     "Paul", "Manon", "Théo",      "Ana"};
constexpr std::array<std::string_view, 12> kLastNames = {"Martin",   "Durand",   "Lefèvre", "Nguyen",
                                                         "O'Brien",  "Da Silva", "Petit",   "Moreau",
                                                         "Gauthier", "Roux",     "N'Diaye", "Œuvrard"};
constexpr std::array<std::string_view, 8> kStreets = {
    "rue Victor Hugo", "avenue de la République",    "place Gambetta",     "chemin des Lilas",
    "bd de l'Océan",   "rue du Général \"Leclerc\"", "quai des Chartrons", "impasse du Moulin"};
struct Town {
  std::string_view postal_code, city, country;
};
constexpr std::array<Town, 9> kTowns = {{{"33000", "Bordeaux", "FR"},
                                         {"69003", "Lyon", "FR"},
                                         {"75011", "Paris", "FR"},
                                         {"59000", "Lille", "FR"},
                                         {"06000", "Nice", "FR"},
                                         {"97400", "Saint-Denis", "RE"},
                                         {"1000", "Bruxelles", "BE"},
                                         {"L-1616", "Luxembourg", "LU"},
                                         {"98000", "Monaco", "MC"}}};
constexpr std::array<std::string_view, 10> kThings = {
    "Lampe de bureau LED", "Ampoule LED E27", "Cafetière à piston", "Câble HDMI 2 m", "Tapis de souris",
    "Chaise pliante",      "Sac à dos 25 L",  "Théière en fonte",   "Clé USB 64 Go",  "Perceuse 18 V"};
constexpr std::array<std::string_view, 7> kModes = {
    "TrackedHomeDelivery", "TrackedHomeDelivery",   "NotTrackedHomeDelivery",  "SignedHomeDelivery",
    "ExpressHomeDelivery", "FixedDateHomeDelivery", "SpecificRoomHomeDelivery"};
constexpr std::array<std::string_view, 4> kPayments = {"Card", "Card", "Paypal", "CardInstallments"};
constexpr std::array<std::string_view, 3> kConditions = {"New", "New", "Refurbished"};

std::string Gtin(std::uint64_t number) {
  auto text = fmt::format("{:012}", 376'045'000'000ULL + number);
  int sum = 0;
  for (std::size_t i = 0; i < 12; ++i) sum += (text[i] - '0') * (i % 2 == 0 ? 1 : 3);
  text.push_back(static_cast<char>('0' + (10 - sum % 10) % 10));
  return text;
}

std::int64_t Rounded(std::int64_t numerator, std::int64_t denominator) {
  return (numerator + denominator / 2) / denominator;
}

Json Total(std::int64_t minor) {
  return Object({{"offerPrice", Amount(minor)}, {"sellingPrice", Amount(minor)}});
}

// Every field that identifies a person, with the field's name behind the mark: a leak names its field.
void Mark(Json& address, const std::string& canary) {
  for (auto& [key, value] : address.items()) {
    if (key == "countryCode" || key == "pickupId" || (key == "pickupName" && value.is_null())) continue;
    value = fmt::format("{}-{}{}", canary, key, key == "email" ? "@example.invalid" : "");
  }
}

}  // namespace

Json OfferPrice(std::int64_t unit, std::int64_t quantity, std::int64_t shipping, std::int64_t rate) {
  const auto commission = (unit * quantity + shipping) * rate;
  const auto vat = Rounded(unit * quantity, 6);  // 20 % of the net price is a sixth of the gross one
  return Object(
      {{"unitSalesPrice", Amount(unit)},
       {"shippingCost", Amount(shipping)},
       {"commission", Object({{"amountWithVat", Amount(Rounded(commission * 12, 100'000))},
                              {"amountWithoutVat", Amount(Rounded(commission, 10'000))},
                              {"rate", rate}})},
       {"taxes",
        Json::array({Object({{"code", "VAT"}, {"target", "Price"}, {"amount", Amount(vat)}, {"rate", 2000}})})}});
}

OrderFactory::OrderFactory(std::uint64_t seed) : random_(seed) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto price = static_cast<std::int64_t>(199 + (i * 7919) % 20'000);
    catalogue_.push_back(
        {fmt::format("SKU-{:04}", i), Gtin(i * 37), fmt::format("{} n°{}", kThings[i % kThings.size()], i), price});
  }
}

std::string OrderFactory::NextId(SysTime now) {
  // Ten digits of the minute and five letters, as in the samples; the letters count, so no id is given twice.
  const auto minute = std::chrono::floor<std::chrono::minutes>(now);
  const std::chrono::year_month_day date{std::chrono::floor<days>(minute)};
  const std::chrono::hh_mm_ss time{minute - std::chrono::floor<days>(minute)};
  std::string letters(5, 'A');
  auto rest = made_++;
  for (std::size_t i = 5; i-- > 0; rest /= 26) letters[i] = static_cast<char>('A' + rest % 26);
  return fmt::format("{:02}{:02}{:02}{:02}{:02}{}", static_cast<int>(date.year()) % 100,
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), letters);
}

Json OrderFactory::MakeAddress(bool business) {
  const std::string civility = Chance(50) ? "Mme" : "M";
  const auto first_name = Pick(kFirstNames);
  const auto last_name = Pick(kLastNames);
  Json company, vat_number;
  if (business) {
    company = last_name + " SARL";
    vat_number = fmt::format("FR{:011}", Below(99'999'999'999ULL));
  }
  const auto line1 = fmt::format("{} {}", 1 + Below(150), kStreets[Below(kStreets.size())]);
  Json line2 = Chance(30) ? Json(fmt::format("Appartement {}", 1 + Below(60))) : Json();
  Json line3 = Chance(3) ? Json("Bât. B") : Json();
  const auto& town = kTowns[Chance(90) ? Below(5) : Below(kTowns.size())];
  return Object({{"civility", civility},
                 {"firstName", first_name},
                 {"lastName", last_name},
                 {"companyName", std::move(company)},
                 {"companyVatNumber", std::move(vat_number)},
                 {"addressLine1", line1},
                 {"addressLine2", std::move(line2)},
                 {"addressLine3", std::move(line3)},
                 {"postalCode", town.postal_code},
                 {"city", town.city},
                 {"stateOrRegion", nullptr},
                 {"countryCode", town.country}},
                4);
}

Json OrderFactory::MakeShippingAddress(Json address, const OrderWish& wish) {
  address["pickupName"] = nullptr;
  address["pickupId"] = nullptr;
  address["phone"] = fmt::format("+336399800{:02}", Below(100));
  address["email"] = fmt::format("relay-{:08}@example.invalid", Below(99'999'999));
  if (wish.pickup.value_or(Chance(20))) {
    address["addressLine1"] = fmt::format("{} place Gambetta", 1 + Below(30));
    address["addressLine2"] = nullptr;
    address["addressLine3"] = nullptr;
    address["pickupName"] = "TABAC DU CENTRE";
    address["pickupId"] = fmt::format("{:06}", Below(1'000'000));
  }
  return address;
}

Json OrderFactory::MakeLine(const OrderWish& wish, const std::string& order_id, int number, const Json& ship_by,
                            bool pickup, SysTime now) {
  const auto& product = catalogue_[Below(catalogue_.size())];
  const auto quantity = Chance(75) ? 1 : static_cast<std::int64_t>(2 + Below(4));
  const auto unit = product.price_minor;
  const auto shipping = Chance(40) ? 0 : static_cast<std::int64_t>(190 + Below(800));
  const auto rate = static_cast<std::int64_t>(500 + 100 * Below(13));
  bool gtin_known = !Chance(5);
  if (wish.null_gtin && number == 1) gtin_known = !*wish.null_gtin;
  const auto condition = Pick(kConditions);
  const auto drawn = Below(100);
  const auto supply = drawn < 88 ? SupplyMode::kSeller : drawn < 96 ? SupplyMode::kFulfillment : SupplyMode::kXdock;
  const auto mode = pickup ? std::string{"MondialRelay"} : Pick(kModes);

  Json offer_price = OfferPrice(unit, quantity, shipping, rate);
  Json selling_price = offer_price;
  selling_price.erase("commission");
  const auto today = std::chrono::floor<days>(now);
  return Object({{"orderLineId", fmt::format("{}-{}", order_id, number)},
                 {"status", ToText(OrderStatus::kProcessing)},
                 {"quantity", quantity},
                 {"totalPrice", Total(unit * quantity)},
                 {"offerPrice", std::move(offer_price)},
                 {"sellingPrice", std::move(selling_price)},
                 {"offer", Object({{"id", fmt::format("{}_{}_{}_CDISFR", wish.seller, product.gtin, condition)},
                                   {"sellerProductId", product.sku},
                                   {"supplyMode", ToText(wish.supply.value_or(supply))},
                                   {"productId", "AUC" + product.gtin},
                                   {"productTitle", product.title},
                                   {"productGtin", gtin_known ? Json(product.gtin) : Json()},
                                   {"condition", condition}})},
                 {"delivery", Object({{"mode", mode},
                                      {"promisedAtMin", Stamp(today + days{3}, order_id)},
                                      {"promisedAtMax", Stamp(today + days{6}, order_id)},
                                      {"shippedAtMax", ship_by}})},
                 {"parcels", Json::array()},
                 {"productAttributes", nullptr},
                 {"statusEvents", Json::array()}},
                1);
}

Order OrderFactory::Make(const OrderWish& wish, bool auto_accept, SysTime now) {
  now = std::chrono::floor<seconds>(now);
  const auto id = NextId(now);
  Json reference = wish.reference.value_or(id);
  if (wish.null_reference.value_or(!wish.reference && Chance(5))) reference = nullptr;
  const bool business = wish.business.value_or(Chance(5));
  Order order{.shown = Object({{"orderId", id},
                               {"reference", std::move(reference)},
                               {"businessOrder", business},
                               {"salesChannel", Object({{"id", "CDISFR"}, {"name", "Cdiscount"}})},
                               {"seller", Object({{"id", std::to_string(wish.seller)}})},
                               {"customer", Object({{"reference", fmt::format("CUST-{:08}", Below(50'000'000))}})},
                               {"purchasedAt", Stamp(now - seconds{30 + Below(90)}, id)},
                               {"createdAt", Stamp(now, id)},
                               {"updatedAt", Stamp(now, id)},
                               {"shippedAtMax", nullptr},
                               {"status", ToText(OrderStatus::kProcessing)},
                               {"payment", nullptr},
                               {"currencyCode", "EUR"},
                               {"billingAddress", nullptr},
                               {"totalPrice", nullptr},
                               {"serviceFees", Json::array()},
                               {"statusEvents", Json::array()},
                               {"lines", Json::array()}}),
              .hidden_address = {}};
  auto& shown = order.shown;
  if (!Chance(3)) shown["shippedAtMax"] = Stamp(std::chrono::floor<days>(now) + days{2} + hours{22}, id);
  shown["payment"] = Object({{"method", Pick(kPayments)}});
  Json home = MakeAddress(business);
  shown["billingAddress"] = home;
  order.hidden_address = MakeShippingAddress(std::move(home), wish);
  const bool pickup = !order.hidden_address["pickupId"].is_null();
  if (wish.canary) Mark(shown["billingAddress"], *wish.canary);
  if (wish.canary) Mark(order.hidden_address, *wish.canary);

  std::int64_t total = 0;
  const int lines = wish.lines.value_or(Chance(70) ? 1 : 2 + static_cast<int>(Below(3)));
  for (int i = 1; i <= lines; ++i) {
    shown["lines"].push_back(MakeLine(wish, id, i, shown["shippedAtMax"], pickup, now));
    const auto& line = shown["lines"].back();
    total += Minor(line.at("totalPrice").at("offerPrice")) + Minor(line.at("offerPrice").at("shippingCost"));
  }
  if (Chance(5)) {
    const auto fee = static_cast<std::int64_t>(50 + Below(200));
    shown["serviceFees"].push_back(Object({{"label", "Frais de dossier"}, {"amount", Amount(fee)}}));
    total += fee;
  }
  shown["totalPrice"] = Total(total);

  auto status = wish.status;
  if (!status) {
    status = Chance(20)    ? OrderStatus::kProcessing
             : auto_accept ? OrderStatus::kInPreparation
                           : OrderStatus::kWaitingAcceptance;
  }
  SettleInto(order, *status, now);
  auto& last = shown["lines"].back();
  if (wish.cancel_request && LineStatus(last) == OrderStatus::kInPreparation) {
    last["status"] = ToText(OrderStatus::kCancelRequest);
    order.cancel_asked_by[TextOf(last, "orderLineId")] = *wish.cancel_request;
  }
  return order;
}

}  // namespace cdiscount::simulator
