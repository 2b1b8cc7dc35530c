// What a page of orders is when the marketplace does not keep to its contract.
#include "marketplace/rest/orders_json.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "core/testing/result_matchers.hpp"
#include "marketplace/order_content.hpp"
#include "marketplace/testing/opened.hpp"

namespace cdiscount::marketplace::rest {
namespace {

namespace pb = orders::v1;
using fakes::FailsWith;
using fakes::Opened;
using fakes::Succeeds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Page(const std::vector<std::string>& items) {
  std::string text = R"({"itemsPerPage":)" + std::to_string(items.size()) + R"(,"items":[)";
  for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : ", ") + items[i];
  return text + "]}";
}

std::string Order(const std::string& id) {
  return R"({"orderId":")" + id + R"(","status":"InPreparation","lines":[{"orderLineId":")" + id +
         R"(-1","quantity":2}]})";
}

std::vector<std::string> Ids(const ObservedPage& page) {
  std::vector<std::string> ids;
  for (const auto& order : page.orders) ids.push_back(order.order.order_id());
  return ids;
}

TEST(OrdersPage, MayBeEmpty) {
  for (const auto* body : {R"({"itemsPerPage":0,"items":[]})", R"( { "items" : [ ] } )"}) {
    const auto page = ReadOrdersPage(body);
    ASSERT_THAT(page, Succeeds());
    EXPECT_EQ(page->item_count, 0U);
  }
}

TEST(OrdersPage, CannotBeReadWhenItIsNoPage) {
  const std::string good = Page({Order("A"), Order("B")});
  std::vector<std::string> bodies = {"",
                                     " ",
                                     "null",
                                     "[]",
                                     "{}",
                                     "42",
                                     "<html>502 Bad Gateway</html>",
                                     R"({"items":{}})",
                                     R"({"itemsPerPage":2,"items":null})",
                                     R"({"itemsPerPage":2})",
                                     R"({"statusCode":200,"message":"hello"})"};
  for (std::size_t cut = 1; cut <= good.find('['); ++cut) bodies.push_back(good.substr(0, cut));

  for (const auto& body : bodies) EXPECT_THAT(ReadOrdersPage(body), FailsWith(ErrorCode::kUnreadable)) << body;
}

TEST(OrdersPage, IsReadBehindAByteOrderMark) {
  const auto page = ReadOrdersPage("\xEF\xBB\xBF" + Page({Order("A")}));

  ASSERT_THAT(page, Succeeds());
  EXPECT_THAT(Ids(*page), ElementsAre("A"));
  EXPECT_THAT(ReadOrder("\xEF\xBB\xBF" + Order("A")), Succeeds());
  EXPECT_THAT(ReadCount("\xEF\xBB\xBF"
                        "42"),
              Succeeds());
}

TEST(OrdersPage, WithoutItemsIsEmptyAndSaysSo) {
  for (const auto* body : {R"({"itemsPerPage":0,"items":null})", R"({"items":null})", R"({"itemsPerPage":0})"}) {
    const auto page = ReadOrdersPage(body);
    ASSERT_THAT(page, Succeeds()) << body;
    EXPECT_EQ(page->item_count, 0U);
    EXPECT_FALSE(page->cut);
    EXPECT_THAT(page->warnings, ElementsAre(HasSubstr("is read as an empty list")));
  }
}

TEST(OrdersPage, ThatBreaksKeepsWhatStandsBeforeTheBreak) {
  const std::string good = Page({Order("A"), Order("B")});
  const auto first_whole = good.find(Order("A")) + Order("A").size();
  for (std::size_t cut = good.find('[') + 1; cut < good.size(); ++cut) {
    const auto page = ReadOrdersPage(good.substr(0, cut));
    ASSERT_THAT(page, Succeeds()) << cut;
    EXPECT_TRUE(page->cut) << cut;
    EXPECT_EQ(page->orders.empty(), cut < first_whole) << cut;
    EXPECT_EQ(page->orders.size(), page->item_count) << cut;
  }
  for (const auto& more : {std::string("}"), good, std::string(" x")}) {
    const auto page = ReadOrdersPage(good + more);
    ASSERT_THAT(page, Succeeds());
    EXPECT_FALSE(page->cut) << "the list itself was closed";
    EXPECT_THAT(Ids(*page), ElementsAre("A", "B"));
  }
}

TEST(OrdersPage, WithAnOrderThatBreaksTheBracketsEndsBeforeIt) {
  const std::string broken = R"({"orderId":"X","comment":"24" screen","status":"Shipped","lines":[]})";
  const auto page = ReadOrdersPage(Page({Order("A"), broken, Order("B")}));

  ASSERT_THAT(page, Succeeds());
  EXPECT_TRUE(page->cut);
  EXPECT_THAT(Ids(*page), ElementsAre("A"));
  EXPECT_EQ(page->item_count, 1U);
  EXPECT_THAT(page->rest.Reveal(), HasSubstr(broken));
}

TEST(OrdersPage, KeepsEachOrderAsItCame) {
  const auto page = ReadOrdersPage(Page({Order("A"), "null", Order("B")}));

  ASSERT_THAT(page, Succeeds());
  ASSERT_EQ(page->orders.size(), 2U);
  EXPECT_EQ(page->orders[0].raw.Reveal(), Order("A"));
  EXPECT_EQ(page->orders[1].raw.Reveal(), Order("B"));
}

TEST(OrdersPage, KeepsTheNeighboursOfAnItemThatIsNoOrder) {
  struct Case {
    std::string item, order_id, reason;
  };
  const std::vector<Case> cases = {
      {"null", "", ""},
      {R"("text")", "", ""},
      {"", "", ""},
      {"nope", "", ""},
      {"{\"orderId\":\"X\",\"status\":\"\xff\xfe\"}", "X", "not valid JSON"},
      {R"({"orderId":"X","status":"Shipped","lines":[]} nope)", "X", "something follows the order"},
      {"[1]", "", "orderId"},
      {"{}", "", "orderId"},
      {R"({"orderId":null,"status":"Shipped"})", "", "orderId"},
      {R"({"orderId":"X"})", "X", "status"},
      {R"({"orderId":"X","status":"Shipped","lines":[{"quantity":1}]})", "X", "lines[0].orderLineId"},
      {R"({"orderId":"X","status":"Shipped","lines":[{"orderLineId":"1","quantity":1},{"orderLineId":"2"}]})", "X",
       "lines[1].quantity"},
      {R"({"orderId":"X","status":"Shipped","lines":[{"orderLineId":"1","quantity":"many"}]})", "X",
       "lines[0].quantity"},
      {R"({"orderId":"X","status":"Shipped","lines":[{"orderLineId":"1","quantity":1.5}]})", "X", "lines[0].quantity"},
      {R"({"orderId":"X","status":"Shipped","lines":[{"orderLineId":"1","quantity":9e99}]})", "X", "lines[0].quantity"},
      {R"({"orderId":"X" "status":"Shipped"})", "X", "not valid JSON"},
      {R"({"status" "Shipped","orderId":"X"})", "X", "not valid JSON"},
      {R"({"orderId":"X","status":"Shipped","businessOrder":nope})", "X", "not valid JSON"},
      {R"({"orderId":"X","status":"Shipped",})", "X", "not valid JSON"},
      {R"({"orderId":"X","lines":)" + std::string(1000, '[') + std::string(1000, ']') + "}", "X", "nested deeper"},
      {R"({"orderId":"X","productAttributes":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}", "X",
       "nested deeper"},
  };

  for (const auto& bad : cases) {
    const auto page = ReadOrdersPage(Page({Order("A"), bad.item, Order("B")}));

    ASSERT_THAT(page, Succeeds()) << bad.item.substr(0, 200);
    EXPECT_THAT(Ids(*page), ElementsAre("A", "B")) << bad.item.substr(0, 200);
    EXPECT_EQ(page->item_count, 3U);
    ASSERT_EQ(page->unreadable.size(), 1U) << bad.item.substr(0, 200);
    EXPECT_EQ(page->unreadable[0].index, 1U);
    EXPECT_EQ(page->unreadable[0].order_id, bad.order_id) << bad.item.substr(0, 200);
    EXPECT_THAT(page->unreadable[0].reason, HasSubstr(bad.reason)) << bad.item.substr(0, 200);
    EXPECT_EQ(page->unreadable[0].raw.Reveal(), bad.item);
  }
}

TEST(OrdersPage, EndsBeforeAnItemWithAQuoteTooManyThatSwallowsOthersUntilAnEscapedQuote) {
  const auto page =
      ReadOrdersPage(Page({Order("A"), R"({"orderId":"B","status":"Shipped","comment":"24" screen"})", Order("C"),
                           R"({"orderId":"D","status":"Shipped","title":"5\" {pipe}"})", Order("E")}));

  ASSERT_THAT(page, Succeeds());
  EXPECT_THAT(Ids(*page), ElementsAre("A"));
  EXPECT_TRUE(page->cut);
  EXPECT_EQ(page->item_count, 1U);
  EXPECT_THAT(page->rest.Reveal(), ::testing::StartsWith(R"({"orderId":"B")"));
  EXPECT_THAT(page->rest.Reveal(), ::testing::EndsWith("}"));
}

TEST(OrdersPage, IsWholeWhenWhatFollowsTheListIsBroken) {
  for (const std::string tail : {R"(,"itemsPerPage":1}})", R"(}{"error":1})"}) {
    const auto page = ReadOrdersPage(R"({"items":[)" + Order("A") + "]" + tail);

    ASSERT_THAT(page, Succeeds()) << tail;
    EXPECT_THAT(Ids(*page), ElementsAre("A"));
    EXPECT_FALSE(page->cut) << tail;
    EXPECT_FALSE(page->warnings.empty());
  }
}

TEST(OrdersPage, EndsBeforeAnItemThatCouldSwallowAnother) {
  // "lines" is never closed, and what would close it stands in the next order.
  const auto page = ReadOrdersPage(Page({R"({"orderId":"A","lines":[})", R"({"orderId":"B"]})"}));

  ASSERT_THAT(page, Succeeds());
  EXPECT_TRUE(page->cut);
  EXPECT_EQ(page->item_count, 0U);
  EXPECT_THAT(page->rest.Reveal(), HasSubstr("\"B\""));
}

TEST(OrdersPage, TellsWhenAnUnreadableOrderWasChanged) {
  const auto page = ReadOrdersPage(Page({R"({"orderId":"X","updatedAt":"2026-10-06T16:02:11+00:00"})"}));

  ASSERT_THAT(page, Succeeds());
  ASSERT_EQ(page->unreadable.size(), 1U);
  EXPECT_EQ(page->unreadable[0].updated_at, SysTime{std::chrono::seconds{1'791'302'531}});
}

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

TEST(Order, NotesWhatIsUnknownOnceAndReadsOn) {
  const std::string odd = R"({"orderId":"A","status":"Teleported","newThing":{"deep":[{}]},"lines":[
      {"orderLineId":"1","quantity":1,"extra":1},{"orderLineId":"2","quantity":1,"extra":2}]})";

  const auto page = ReadOrdersPage(Page({odd, odd}));

  ASSERT_THAT(page, Succeeds());
  ASSERT_EQ(page->orders.size(), 2U);
  EXPECT_EQ(page->orders[0].order.status_text(), "Teleported");
  EXPECT_THAT(page->warnings, ElementsAre("newThing is not known and is left out (order A)",
                                          "lines[].extra is not known and is left out (order A)"));
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

/// The time to read an answer grows as the answer does, whatever is in it.
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

TEST(Count, IsABareNumberOrAnObject) {
  for (const auto* body : {"42", " 42 \n", R"({"count":42})", R"({"count":"42"})"}) {
    const auto count = ReadCount(body);
    ASSERT_THAT(count, Succeeds()) << body;
    EXPECT_EQ(*count, 42);
  }
  for (const auto* body :
       {"", "null", "-1", "4.5", "{}", R"({"count":null})", "[42]", "99999999999999999999", "<html>"}) {
    EXPECT_THAT(ReadCount(body), FailsWith(ErrorCode::kUnreadable)) << body;
  }
}

}  // namespace
}  // namespace cdiscount::marketplace::rest
