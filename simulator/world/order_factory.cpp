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

std::string Text(std::string_view view) {
  return std::string{view};
}

}  // namespace

OrderFactory::OrderFactory(std::uint64_t seed) : random_(seed) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto price = static_cast<std::int64_t>(199 + (i * 7919) % 20'000);
    catalogue_.push_back(std::make_shared<const Product>(Product{
        fmt::format("SKU-{:04}", i), Gtin(i * 37), fmt::format("{} n°{}", kThings[i % kThings.size()], i), price}));
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

OrderLine OrderFactory::MakeLine(const OrderWish& wish, bool pickup, SysTime now) {
  OrderLine line;
  line.product = catalogue_[Below(catalogue_.size())];
  line.quantity = Chance(75) ? 1 : static_cast<std::int32_t>(2 + Below(4));
  line.unit_minor = line.product->price_minor;
  line.shipping_minor = Chance(40) ? 0 : static_cast<std::int64_t>(190 + Below(800));
  line.commission_rate = static_cast<std::int32_t>(500 + 100 * Below(13));
  line.gtin_known = !Chance(5);
  line.condition = Text(kConditions[Below(kConditions.size())]);
  const auto drawn = Below(100);
  line.supply = drawn < 88 ? SupplyMode::kSeller : drawn < 96 ? SupplyMode::kFulfillment : SupplyMode::kXdock;
  if (wish.supply) line.supply = *wish.supply;
  line.delivery_mode = pickup ? "MondialRelay" : Text(kModes[Below(kModes.size())]);
  const auto today = std::chrono::floor<days>(now);
  line.promised_min = today + days{3};
  line.promised_max = today + days{6};
  return line;
}

// Every field that tells a person, with the field's name behind the mark: what leaked can be read off where it leaked.
void Mark(Address& address, const std::string& canary) {
  address.civility = canary + "-civility";
  address.first_name = canary + "-first-name";
  address.last_name = canary + "-last-name";
  address.company_name = canary + "-company";
  address.company_vat_number = canary + "-vat-number";
  address.line1 = canary + "-line1";
  address.line2 = canary + "-line2";
  address.line3 = canary + "-line3";
  address.postal_code = canary + "-postal-code";
  address.city = canary + "-city";
  address.state_or_region = canary + "-region";
  if (!address.phone.empty()) address.phone = canary + "-phone";
  if (!address.email.empty()) address.email = canary + "-email@example.invalid";
  if (address.pickup_name) address.pickup_name = canary + "-pickup-name";
}

Order OrderFactory::Make(const OrderWish& wish, bool auto_accept, SysTime now) {
  now = std::chrono::floor<seconds>(now);
  Order order;
  order.id = NextId(now);
  order.seller = wish.seller;
  order.reference = order.id;
  if (wish.reference) order.reference = *wish.reference;
  if (wish.null_reference.value_or(!wish.reference && Chance(5))) order.reference.reset();
  order.business = wish.business.value_or(Chance(5));
  order.customer_reference = fmt::format("CUST-{:08}", Below(50'000'000));
  order.purchased_at = now - seconds{30 + Below(90)};
  order.created_at = now;
  order.updated_at = now;
  if (!Chance(3)) order.ship_by = std::chrono::floor<days>(now) + days{2} + hours{22};
  order.payment_method = Text(kPayments[Below(kPayments.size())]);

  Address home;
  home.civility = Chance(50) ? "Mme" : "M";
  home.first_name = Text(kFirstNames[Below(kFirstNames.size())]);
  home.last_name = Text(kLastNames[Below(kLastNames.size())]);
  if (order.business) {
    home.company_name = fmt::format("{} SARL", home.last_name);
    home.company_vat_number = fmt::format("FR{:011}", Below(99'999'999'999ULL));
  }
  home.line1 = fmt::format("{} {}", 1 + Below(150), kStreets[Below(kStreets.size())]);
  if (Chance(30)) home.line2 = fmt::format("Appartement {}", 1 + Below(60));
  if (Chance(3)) home.line3 = "Bât. B";
  const auto& town = kTowns[Chance(90) ? Below(5) : Below(kTowns.size())];
  home.postal_code = Text(town.postal_code);
  home.city = Text(town.city);
  home.country_code = Text(town.country);
  if (wish.canary) Mark(home, *wish.canary);
  order.billing = std::make_shared<const Address>(home);

  Address to = home;
  to.phone = fmt::format("+336399800{:02}", Below(100));
  to.email = fmt::format("relay-{:08}@example.invalid", Below(99'999'999));
  const bool pickup = wish.pickup.value_or(Chance(20));
  if (pickup) {
    to.line1 = fmt::format("{} place Gambetta", 1 + Below(30));
    to.line2.reset();
    to.line3.reset();
    to.pickup_name = "TABAC DU CENTRE";
    to.pickup_id = fmt::format("{:06}", Below(1'000'000));
  }
  if (wish.canary) Mark(to, *wish.canary);
  order.shipping = std::make_shared<const Address>(std::move(to));

  const int lines = wish.lines.value_or(Chance(70) ? 1 : 2 + static_cast<int>(Below(3)));
  for (int i = 0; i < lines; ++i) {
    order.lines.push_back(MakeLine(wish, pickup, now));
    order.lines.back().id = fmt::format("{}-{}", order.id, i + 1);
  }
  if (wish.null_gtin) order.lines.front().gtin_known = !*wish.null_gtin;
  if (Chance(5)) order.fees.push_back({"Frais de dossier", static_cast<std::int64_t>(50 + Below(200))});

  auto status = wish.status;
  if (!status) {
    status = Chance(20)    ? OrderStatus::kProcessing
             : auto_accept ? OrderStatus::kInPreparation
                           : OrderStatus::kWaitingAcceptance;
  }
  SettleInto(order, *status, now);
  if (wish.cancel_request && order.lines.back().status == OrderStatus::kInPreparation) {
    order.lines.back().status = OrderStatus::kCancelRequest;
    order.lines.back().cancel_asked_by = wish.cancel_request;
  }
  return order;
}

}  // namespace cdiscount::simulator
