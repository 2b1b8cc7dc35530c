// One order, from a marketplace that does not keep to its contract: keys that are absent, unknown, there twice, or of
// another type.
#include "marketplace/rest/order_keys.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "core/testing/result_matchers.hpp"
#include "marketplace/order_content.hpp"
#include "marketplace/rest/orders_json.hpp"
#include "marketplace/testing/opened.hpp"

namespace cdiscount::marketplace::rest {
namespace {

using fakes::FailsWith;
using fakes::Opened;
using fakes::Succeeds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Reads one order whose JSON has `members` besides what is certain.
ObservedAnswer ReadWith(const std::string& members, const std::string& line_members = "\"x\":1") {
  const auto answer = ReadOrder(R"({"orderId":"A","status":"Shipped",)" + members +
                                R"(,"lines":[{"orderLineId":"1","quantity":1,)" + line_members + "}]}");
  EXPECT_THAT(answer, Succeeds()) << members << line_members;
  return answer ? *answer : ObservedAnswer{};
}

TEST(Order, TakesNullForAbsentEverywhere) {
  const auto answer = ReadWith(
      R"("reference":null,"businessOrder":null,"salesChannel":null,"seller":null,"customer":null,"purchasedAt":null,
         "createdAt":null,"updatedAt":null,"shippedAtMax":null,"payment":null,"currencyCode":null,"billingAddress":null,
         "totalPrice":null,"serviceFees":null,"statusEvents":null)",
      R"("status":null,"totalPrice":{"sellingPrice":null,"offerPrice":null},"sellingPrice":{"unitSalesPrice":null,
         "shippingCost":null,"taxes":null},"offerPrice":{"commission":null,"taxes":[{"code":null,"amount":null}]},
         "offer":null,"delivery":{"mode":null,"promisedAtMin":null},"shippingAddress":null,"parcels":null,
         "productAttributes":null,"statusEvents":null)");

  pb::Order expected;
  expected.set_order_id("A");
  expected.set_status_text("Shipped");
  auto& line = *expected.add_lines();
  line.set_order_line_id("1");
  line.set_quantity(1);
  line.mutable_offer_price()->add_taxes();
  Canonicalise(expected);
  EXPECT_EQ(answer.observed.order.DebugString(), expected.DebugString());
  EXPECT_TRUE(answer.observed.recipients.empty());
  EXPECT_THAT(answer.warnings, IsEmpty());
}

TEST(Order, NotesWhatHasTheWrongTypeAndLeavesItOut) {
  const auto answer = ReadWith(
      R"("reference":{"a":[1]},"businessOrder":"yes","salesChannel":"CDISFR","updatedAt":1791302531,
         "createdAt":"yesterday","billingAddress":"18 rue Victor Hugo","totalPrice":[12],"serviceFees":{"label":"x"})",
      R"("status":true,"offer":[],"parcels":"none","totalPrice":{"sellingPrice":{}})");

  const auto& order = answer.observed.order;
  EXPECT_EQ(order.reference(), "");
  EXPECT_FALSE(order.business_order());
  EXPECT_FALSE(order.has_updated_at());
  EXPECT_FALSE(order.has_created_at());
  EXPECT_TRUE(answer.observed.recipients.empty());
  EXPECT_EQ(order.lines(0).quantity(), 1);
  EXPECT_THAT(answer.warnings, Contains(HasSubstr("reference is an object instead of a text")));
  EXPECT_THAT(answer.warnings, Contains(HasSubstr("createdAt is no ISO 8601 time")));
  EXPECT_THAT(answer.warnings, Contains(HasSubstr("lines[].totalPrice.sellingPrice is an object instead of a number")));
  EXPECT_THAT(answer.warnings, Contains(HasSubstr("(order A)")));
  for (const auto& warning : answer.warnings) EXPECT_THAT(warning, Not(HasSubstr("Victor Hugo")));
}

TEST(Order, TakesTheLastOfTwoEqualKeysAndNotesIt) {
  const auto answer = ReadWith(R"("status":"Delivered","totalPrice":{"sellingPrice":1,"offerPrice":1},
                                  "totalPrice":{"sellingPrice":2},"serviceFees":[{"label":"a"}],"serviceFees":[])");

  const auto& order = answer.observed.order;
  EXPECT_EQ(order.status_text(), "Delivered");
  EXPECT_EQ(order.total_selling_price().minor_units(), 200);
  EXPECT_FALSE(order.has_total_offer_price());
  EXPECT_THAT(order.service_fees(), IsEmpty());
  EXPECT_THAT(answer.warnings, Contains(HasSubstr("status is there twice")));
}

TEST(Order, HasAmountsInMinorUnitsOfItsCurrencyWhereverThatStands) {
  const auto answer = ReadWith(
      R"("totalPrice":{"sellingPrice":0.10000000000000000555,"offerPrice":1e400},"serviceFees":[
         {"amount": 123456789012345678901234567890 },{"amount":-0.0},{"amount":"4,90"},{"amount":"4.90"},{"amount":1.2.3}],
         "currencyCode":"TND")");

  const auto& order = answer.observed.order;
  EXPECT_EQ(order.total_selling_price().minor_units(), 100);
  EXPECT_EQ(order.total_selling_price().currency(), "TND");
  EXPECT_FALSE(order.has_total_offer_price()) << "it fits into no amount";
  std::multiset<std::string> amounts;
  for (const auto& fee : order.service_fees()) {
    amounts.insert(fee.has_amount() ? std::to_string(fee.amount().minor_units()) : "none");
  }
  EXPECT_THAT(amounts, ElementsAre("0", "4900", "none", "none", "none"));
}

TEST(Order, TakesWholeNumbersAndIdsInTheFormsInWhichTheyAreSeen) {
  const auto order = ReadOrder(R"({"orderId":2610061530,"status":"Shipped","seller":{"id":98979.0},
      "lines":[{"orderLineId":1,"quantity":"2"},{"orderLineId":2,"quantity":3.0}]})");

  ASSERT_THAT(order, Succeeds());
  EXPECT_EQ(order->observed.order.order_id(), "2610061530");
  EXPECT_EQ(order->observed.order.seller_id(), "98979");
  EXPECT_EQ(order->observed.order.lines(0).quantity(), 2);
  EXPECT_EQ(order->observed.order.lines(1).quantity(), 3);
}

TEST(Order, KeepsHalfASurrogatePairFromCostingTheOrder) {
  const auto answer = ReadWith(R"("billingAddress":{"firstName":"Zo\u00eb \ud83d"})");

  EXPECT_EQ(Opened(answer.observed.recipients).billing_address().first_name(), "Zoë \uFFFD");
}

TEST(Order, HasNoTimeThatAMessageCannotHold) {
  const auto answer = ReadWith(R"("purchasedAt":"0001-01-01T00:00:00+01:00","createdAt":"9999-12-31T23:59:59-01:00",
                                  "shippedAtMax":"0000-06-01T00:00:00Z","updatedAt":"9999-12-31T23:59:59.999999Z")");

  const auto& order = answer.observed.order;
  EXPECT_FALSE(order.has_purchased_at());
  EXPECT_FALSE(order.has_created_at());
  EXPECT_FALSE(order.has_ship_by());
  EXPECT_TRUE(order.has_updated_at());
  EXPECT_THAT(answer.warnings, Contains(HasSubstr("purchasedAt is a time outside of the years 1 to 9999")));
}

/// The time to read an answer grows as the answer does, for any content.
TEST(Order, OfManyKeysOrLinesIsReadInTimeInProportion) {
  const auto seconds_for = [](std::size_t count, bool keys) {
    std::string body = R"({"orderId":"A","status":"Shipped")";
    if (keys) {
      for (std::size_t i = 0; i < count; ++i) body += ",\"k" + std::to_string(i) + "\":1";
    }
    body += ",\"lines\":[";
    for (std::size_t i = 0; !keys && i < count; ++i) {
      body += (i == 0 ? "" : ",") + (R"({"orderLineId":")" + std::to_string(i) + R"(","quantity":1})");
    }
    body += "]}";
    std::chrono::duration<double> best{1e9};
    for (int i = 0; i < 3; ++i) {
      const auto start = std::chrono::steady_clock::now();
      EXPECT_THAT(ReadOrder(body), Succeeds());
      best = std::min<std::chrono::duration<double>>(best, std::chrono::steady_clock::now() - start);
    }
    return best.count();
  };
  for (const bool keys : {true, false}) {
    const double small = seconds_for(4'000, keys);
    const double large = seconds_for(32'000, keys);
    EXPECT_LT(large, small * 8 * 3) << "eight times the text; growing with the square it would be 64 times the time";
  }
}

TEST(Order, CannotBeReadWhenItIsNoOrder) {
  for (const std::string body : {"", "null", "[]", "{}", R"({"orderId":"A","status":)", "<html></html>"}) {
    EXPECT_THAT(ReadOrder(body), FailsWith(ErrorCode::kUnreadable)) << body;
  }
}

TEST(Order, KnowsTheMarketplacesWordsInAnyCase) {
  const auto answer =
      ReadWith(R"("status":"inpreparation")", R"("status":"Teleported","offer":{"supplyMode":"SELLER"})");

  const auto& order = answer.observed.order;
  EXPECT_EQ(order.status(), pb::ORDER_STATUS_IN_PREPARATION);
  EXPECT_EQ(order.lines(0).status(), pb::ORDER_STATUS_UNKNOWN);
  EXPECT_EQ(order.lines(0).status_text(), "Teleported");
  EXPECT_EQ(order.lines(0).supply_mode(), pb::SUPPLY_MODE_SELLER);
}

TEST(Order, HasItsListsSortedById) {
  const auto answer = ReadOrder(R"({"orderId":"A","status":"Shipped",
      "serviceFees":[{"label":"b"},{"label":"a"}],
      "lines":[{"orderLineId":"2","quantity":1,"parcels":[{"parcelNumber":"9"},{"parcelNumber":"8"}]},
               {"orderLineId":"1","quantity":1,"sellingPrice":{"taxes":[{"code":"VAT"},{"code":"ECO"}]}}]})");

  ASSERT_THAT(answer, Succeeds());
  const auto& order = answer->observed.order;
  EXPECT_EQ(order.service_fees(0).label(), "a");
  EXPECT_EQ(order.lines(0).order_line_id(), "1");
  EXPECT_EQ(order.lines(0).selling_price().taxes(0).code(), "ECO");
  EXPECT_EQ(order.lines(1).parcels(0).parcel_number(), "8");
}

TEST(Order, HasOneRecipientForTheLinesThatGoToOnePlace) {
  const std::string home = R"("shippingAddress":{"lastName":"Martin","city":"Bordeaux","phone":"+33"})";
  const std::string shop = R"("shippingAddress":{"city":"Lyon","pickupId":"012345","pickupName":" "})";
  const auto answer = ReadOrder(R"({"orderId":"A","status":"Shipped","billingAddress":{"lastName":"Martin"},"lines":[
      {"orderLineId":"3","quantity":1,)" +
                                home + R"(},{"orderLineId":"2","quantity":1,"delivery":{"mode":"MondialRelay"},)" +
                                shop + R"(},{"orderLineId":"1","quantity":1,)" + home + "}]}");

  ASSERT_THAT(answer, Succeeds());
  const auto people = Opened(answer->observed.recipients);
  EXPECT_EQ(people.billing_address().last_name(), "Martin");
  ASSERT_EQ(people.recipients_size(), 2);
  EXPECT_THAT(people.recipients(0).order_line_ids(), ElementsAre("1", "3"));
  EXPECT_EQ(people.recipients(0).phone(), "+33");
  EXPECT_FALSE(people.recipients(0).has_pickup_point());
  EXPECT_EQ(people.recipients(1).pickup_point().network(), "MondialRelay");
  EXPECT_EQ(people.recipients(1).pickup_point().id(), "012345");
  EXPECT_EQ(people.recipients(1).pickup_point().name(), "") << "blank is absent";
  const auto& order = answer->observed.order;
  EXPECT_FALSE(order.lines(0).delivery().to_pickup_point());
  EXPECT_TRUE(order.lines(1).delivery().to_pickup_point());
}

}  // namespace
}  // namespace cdiscount::marketplace::rest
