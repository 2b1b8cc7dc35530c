#include "simulator/world/order_json.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "core/time_text.hpp"
#include "simulator/world/json_writer.hpp"
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
  order.fees.clear();  // the samples have none
  return order;
}

TEST(RenderedOrder, HasTheKeysOfTheSampleInPreparation) {
  const auto order = AnOrder({.status = kInPreparation, .lines = 2, .pickup = false});

  EXPECT_EQ(Paths(json::parse(RenderOrder(order))), Paths(Sample("order-inpreparation.json")));
}

TEST(RenderedOrder, HasTheKeysOfTheSampleWaitingForAcceptanceWithoutAnAddress) {
  const auto order = AnOrder({.status = kWaitingAcceptance, .lines = 1});
  const auto paths = Paths(json::parse(RenderOrder(order)));

  EXPECT_EQ(paths, Paths(Sample("order-waitingacceptance.json")));
  EXPECT_FALSE(paths.contains(".lines[].shippingAddress"));
}

TEST(RenderedOrder, HasTheKeysOfTheSampleShippedToAPickupPoint) {
  const auto order = AnOrder({.status = kShipped, .lines = 1, .pickup = true});
  const auto text = json::parse(RenderOrder(order));

  EXPECT_EQ(Paths(text), Paths(Sample("order-shipped-pickup.json")));
  const auto& address = text.at("lines").at(0).at("shippingAddress");
  EXPECT_TRUE(address.at("pickupId").is_string());
  EXPECT_TRUE(address.at("pickupName").is_string());
}

TEST(RenderedOrder, WritesAmountsStampsAndRatesAsTheSamplesDo) {
  auto order = AnOrder({.status = kInPreparation, .lines = 1});
  order.lines[0].quantity = 2;
  order.lines[0].unit_minor = 4999;
  order.lines[0].shipping_minor = 490;
  order.lines[0].commission_rate = 1500;

  const auto text = RenderOrder(order);

  EXPECT_THAT(text, ::testing::HasSubstr(R"("updatedAt":"2026-10-06T15:30:00+00:00")"));
  EXPECT_THAT(text, ::testing::HasSubstr(R"("unitSalesPrice":49.99,"shippingCost":4.9,)"));
  EXPECT_THAT(text,
              ::testing::HasSubstr(R"("commission":{"amountWithVat":18.88,"amountWithoutVat":15.73,"rate":1500})"));
  EXPECT_THAT(text, ::testing::HasSubstr(R"("taxes":[{"code":"VAT","target":"Price","amount":16.66,"rate":2000}])"));
  EXPECT_THAT(text, ::testing::HasSubstr(R"("totalPrice":{"offerPrice":104.88,"sellingPrice":104.88})"));
  EXPECT_THAT(text, ::testing::HasSubstr(R"("totalPrice":{"offerPrice":99.98,"sellingPrice":99.98})"));
}

TEST(RenderedOrder, ShowsNullsWhereTheMarketplaceKnowsNothing) {
  const auto order = AnOrder({.status = kInPreparation, .lines = 1, .null_reference = true, .null_gtin = true});
  const auto text = json::parse(RenderOrder(order));

  EXPECT_TRUE(text.at("reference").is_null());
  EXPECT_TRUE(text.at("lines").at(0).at("offer").at("productGtin").is_null());
  EXPECT_TRUE(text.at("lines").at(0).at("productAttributes").is_null());
}

TEST(RenderedOrder, WithNullOrAbsentFieldsKeepsWhatAClientMayRelyOn) {
  const auto order = AnOrder({.status = kInPreparation, .lines = 1});
  const auto nulls = json::parse(RenderOrder(order, {.null_fields = true}));
  const auto absent = json::parse(RenderOrder(order, {.absent_fields = true}));

  EXPECT_TRUE(nulls.at("totalPrice").is_null());
  EXPECT_TRUE(nulls.at("lines").at(0).at("offer").is_null());
  EXPECT_EQ(nulls.at("lines").at(0).at("quantity").as_int64(), order.lines[0].quantity);
  EXPECT_EQ(Paths(absent), (std::set<std::string>{".orderId", ".updatedAt", ".status", ".lines", ".lines[].orderLineId",
                                                  ".lines[].status", ".lines[].quantity"}));
}

TEST(RenderedOrder, CanHaveWordsAndKeysThatNobodyKnows) {
  const auto order = AnOrder({.status = kInPreparation, .lines = 1});
  const auto strange = json::parse(RenderOrder(order, {.unknown_enum = true, .unknown_fields = true}));

  EXPECT_EQ(ParseOrderStatus(strange.at("status").as_string()), std::nullopt);
  EXPECT_EQ(strange.at("lines").at(0).at("delivery").at("mode").as_string(), "DroneDelivery");
  EXPECT_TRUE(strange.as_object().contains("x_unknownField"));
}

TEST(RenderedOrder, CanBeUnreadableInThreeWays) {
  const auto order = AnOrder({.status = kInPreparation, .lines = 2});
  boost::system::error_code failure;

  json::parse(RenderOrder(order, {.broken_json = true}), failure);
  EXPECT_TRUE(failure);
  const auto wrong = json::parse(RenderOrder(order, {.wrong_types = true}));
  EXPECT_TRUE(wrong.at("lines").is_object());
  const auto missing = json::parse(RenderOrder(order, {.missing_certain = true}));
  EXPECT_FALSE(missing.as_object().contains("orderId"));
}

TEST(JsonWriter, EscapesWhatJsonMustAndKeepsTheRest) {
  const std::string text = "a\"b\\c\nd\te\x01 é";
  std::string out;
  JsonWriter(out).String(text);

  EXPECT_EQ(out, R"("a\"b\\c\nd\te\u0001 é")");
  EXPECT_EQ(json::parse(out).as_string(), text);
}

TEST(JsonWriter, WritesCentsAsDecimals) {
  const std::pair<std::int64_t, std::string> rows[] = {{0, "0.0"},     {5, "0.05"},        {50, "0.5"},
                                                       {4990, "49.9"}, {-5, "-0.05"},      {-150, "-1.5"},
                                                       {100, "1.0"},   {123456, "1234.56"}};
  for (const auto& [minor, expected] : rows) {
    std::string out;
    JsonWriter(out).Amount(minor);
    EXPECT_EQ(out, expected);
  }
}

}  // namespace
}  // namespace cdiscount::simulator
