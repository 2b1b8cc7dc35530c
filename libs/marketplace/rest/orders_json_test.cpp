// A page of orders, and a count, from a marketplace that does not keep to its contract.
#include "marketplace/rest/orders_json.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <vector>

#include "core/testing/result_matchers.hpp"

namespace cdiscount::marketplace::rest {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

TEST(OrdersPage, NotesWhatIsUnknownOnceAndReadsOn) {
  const std::string odd = R"({"orderId":"A","status":"Teleported","newThing":{"deep":[{}]},"lines":[
      {"orderLineId":"1","quantity":1,"extra":1},{"orderLineId":"2","quantity":1,"extra":2}]})";

  const auto page = ReadOrdersPage(Page({odd, odd}));

  ASSERT_THAT(page, Succeeds());
  ASSERT_EQ(page->orders.size(), 2U);
  EXPECT_EQ(page->orders[0].order.status_text(), "Teleported");
  EXPECT_THAT(page->warnings, ElementsAre("newThing is not known and is left out (order A)",
                                          "lines[].extra is not known and is left out (order A)"));
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
