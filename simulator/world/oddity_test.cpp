#include "simulator/world/oddity.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "core/time_text.hpp"
#include "simulator/world/order_factory.hpp"

namespace cdiscount::simulator {
namespace {

namespace json = boost::json;
using enum OrderStatus;

const SysTime kNow = *ParseIso8601("2026-10-06T15:30:00Z");

json::value Sample(const std::string& name) {
  std::ifstream file(std::string{SIMULATOR_TESTDATA} + "/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return json::parse(text.str());
}

// Every path of keys in a document, with [] for the items of a list.
void CollectPaths(const json::value& value, const std::string& prefix, std::set<std::string>& paths) {
  if (const auto* object = value.if_object()) {
    for (const auto& [key, inner] : *object) {
      paths.insert(prefix + "." + std::string{key});
      CollectPaths(inner, prefix + "." + std::string{key}, paths);
    }
  }
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array) CollectPaths(item, prefix + "[]", paths);
  }
}

std::set<std::string> Paths(const json::value& value) {
  std::set<std::string> paths;
  CollectPaths(value, "", paths);
  return paths;
}

Order AnOrder(OrderWish wish) {
  wish.seller = 98979;
  auto order = OrderFactory{3}.Make(wish, true, kNow);
  order.shown["serviceFees"].clear();  // the samples have none
  return order;
}

TEST(RenderedOrder, HasTheKeysOfTheSampleInPreparation) {
  const auto order = AnOrder({.status = kInPreparation, .lines = 2, .pickup = false});

  EXPECT_EQ(Paths(json::parse(ShownText(order))), Paths(Sample("order-inpreparation.json")));
}

TEST(RenderedOrder, HasTheKeysOfTheSampleWaitingForAcceptanceWithoutAnAddress) {
  const auto order = AnOrder({.status = kWaitingAcceptance, .lines = 1});
  const auto paths = Paths(json::parse(ShownText(order)));

  EXPECT_EQ(paths, Paths(Sample("order-waitingacceptance.json")));
  EXPECT_FALSE(paths.contains(".lines[].shippingAddress"));
}

TEST(RenderedOrder, HasTheKeysOfTheSampleShippedToAPickupPoint) {
  const auto order = AnOrder({.status = kShipped, .lines = 1, .pickup = true});
  const auto text = json::parse(ShownText(order));

  EXPECT_EQ(Paths(text), Paths(Sample("order-shipped-pickup.json")));
  const auto& address = text.at("lines").at(0).at("shippingAddress");
  EXPECT_TRUE(address.at("pickupId").is_string());
  EXPECT_TRUE(address.at("pickupName").is_string());
}

TEST(RenderedOrder, WritesAmountsStampsAndRatesAsTheSamplesDo) {
  EXPECT_THAT(ShownText(AnOrder({.status = kInPreparation})),
              ::testing::HasSubstr(R"("updatedAt":"2026-10-06T15:30:00+00:00")"));
  EXPECT_EQ(Dump(OfferPrice(4999, 2, 490, 1500)),
            R"({"unitSalesPrice":49.99,"shippingCost":4.9,)"
            R"("commission":{"amountWithVat":18.88,"amountWithoutVat":15.73,"rate":1500},)"
            R"("taxes":[{"code":"VAT","target":"Price","amount":16.66,"rate":2000}]})");
}

TEST(RenderedOrder, TotalsItsLinesTheirShippingAndItsFees) {
  for (int i = 0; i < 50; ++i) {
    auto order = OrderFactory{static_cast<std::uint64_t>(i)}.Make({.seller = 98979}, true, kNow);
    ASSERT_TRUE(Apply(order, {.add_fee_minor = 5}, kNow));
    std::int64_t total = 0;
    for (const auto& line : order.lines()) {
      total += Minor(line.at("totalPrice").at("sellingPrice")) + Minor(line.at("sellingPrice").at("shippingCost"));
    }
    for (const auto& fee : order.shown.at("serviceFees")) total += Minor(fee.at("amount"));
    EXPECT_EQ(order.total_minor(), total);
    EXPECT_EQ(order.shown.at("totalPrice").at("offerPrice"), order.shown.at("totalPrice").at("sellingPrice"));
  }
}

TEST(RenderedOrder, ShowsNullsWhereTheMarketplaceKnowsNothing) {
  const auto order = AnOrder({.status = kInPreparation, .lines = 1, .null_reference = true, .null_gtin = true});
  const auto text = json::parse(ShownText(order));

  EXPECT_TRUE(text.at("reference").is_null());
  EXPECT_TRUE(text.at("lines").at(0).at("offer").at("productGtin").is_null());
  EXPECT_TRUE(text.at("lines").at(0).at("productAttributes").is_null());
}

TEST(RenderedOrder, WithNullOrAbsentFieldsKeepsWhatAClientMayRelyOn) {
  const auto order = AnOrder({.status = kInPreparation, .lines = 1});
  const auto nulls = json::parse(ShownText(order, {.null_fields = true}));
  const auto absent = json::parse(ShownText(order, {.absent_fields = true}));

  EXPECT_TRUE(nulls.at("totalPrice").is_null());
  EXPECT_TRUE(nulls.at("lines").at(0).at("offer").is_null());
  EXPECT_EQ(nulls.at("lines").at(0).at("quantity").as_int64(), order.lines()[0].at("quantity").get<std::int64_t>());
  EXPECT_EQ(Paths(absent), (std::set<std::string>{".orderId", ".updatedAt", ".status", ".lines", ".lines[].orderLineId",
                                                  ".lines[].status", ".lines[].quantity"}));
}

TEST(RenderedOrder, CanHaveUnknownWordsAndKeys) {
  const auto order = AnOrder({.status = kInPreparation, .lines = 1});
  const auto strange = json::parse(ShownText(order, {.unknown_enum = true, .unknown_fields = true}));

  EXPECT_EQ(ParseOrderStatus(strange.at("status").as_string()), std::nullopt);
  EXPECT_EQ(strange.at("lines").at(0).at("delivery").at("mode").as_string(), "DroneDelivery");
  EXPECT_TRUE(strange.as_object().contains("x_unknownField"));
}

TEST(RenderedOrder, CanBeUnreadableInThreeWays) {
  const auto order = AnOrder({.status = kInPreparation, .lines = 2});
  boost::system::error_code failure;

  json::parse(ShownText(order, {.broken_json = true}), failure);
  EXPECT_TRUE(failure);
  const auto wrong = json::parse(ShownText(order, {.wrong_types = true}));
  EXPECT_TRUE(wrong.at("lines").is_object());
  const auto missing = json::parse(ShownText(order, {.missing_certain = true}));
  EXPECT_FALSE(missing.as_object().contains("orderId"));
}

TEST(Documents, EscapeWhatJsonMustAndKeepTheRest) {
  const std::string text = "a\"b\\c\nd\te\x01 é";

  EXPECT_EQ(Dump(text), R"("a\"b\\c\nd\te\u0001 é")");
  EXPECT_EQ(Dump("\xff"), "\"\uFFFD\"") << "a path can bring bytes that are no UTF-8";
}

TEST(Documents, WriteCentsAsDecimals) {
  const std::pair<std::int64_t, std::string> rows[] = {
      {0, "0.0"},     {5, "0.05"},         {50, "0.5"},
      {4990, "49.9"}, {-5, "-0.05"},       {-150, "-1.5"},
      {100, "1.0"},   {123456, "1234.56"}, {9'999'999'999'999, "99999999999.99"}};
  for (const auto& [minor, expected] : rows) EXPECT_EQ(Dump(Amount(minor)), expected);
  for (std::int64_t minor = 0; minor < 1'000'000; minor += 7) {
    const Json amount = Amount(minor);
    ASSERT_LE(Dump(amount).size(), std::to_string(minor).size() + 3);
    ASSERT_EQ(Minor(amount), minor);
  }
}

}  // namespace
}  // namespace cdiscount::simulator
