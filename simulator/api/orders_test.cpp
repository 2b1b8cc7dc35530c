// docs/marketplace.md#orders, #lines, #order-queries and #paging.
#include <set>

#include "simulator/testing/routes_test.hpp"

namespace cdiscount::simulator {
namespace {

using ::testing::ElementsAre;
using enum OrderStatus;

class OrdersTest : public fakes::RoutesTest {
 protected:
  std::vector<std::string> AFew(int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      ids.push_back(AnOrder(kInPreparation, {.lines = 1}).id());
      Pass(std::chrono::seconds{1});
    }
    return ids;
  }
};

TEST_F(OrdersTest, AreShownInAllNineStates) {
  for (const auto status : kAllStatuses) AnOrder(status);

  for (const auto status : kAllStatuses) {
    const auto body = Json(Get("/orders", {{"status", std::string{ToText(status)}}}));
    ASSERT_EQ(body.at("items").as_array().size(), 1U) << ToText(status);
    EXPECT_EQ(body.at("items").at(0).at("status").as_string(), ToText(status));
  }
}

TEST_F(OrdersTest, ComeInPagesThatCountTheirOwnItemsUntilAnEmptyOne) {
  AFew(4);
  const auto page = [&](const char* index) {
    return Json(Get("/orders", {{"pageIndex", index}, {"pageSize", "2"}, {"sort", "asc:updatedAt"}}));
  };

  EXPECT_EQ(page("1").at("itemsPerPage").as_int64(), 2);
  EXPECT_EQ(page("2").at("itemsPerPage").as_int64(), 2);
  EXPECT_EQ(page("3").at("itemsPerPage").as_int64(), 0);
  EXPECT_EQ(page("3").at("items").as_array().size(), 0U);
}

TEST_F(OrdersTest, AreCountedWithABareInteger) {
  AFew(3);
  AnOrder(kRefused);

  EXPECT_EQ(Get("/orders/count").body, "4");
  EXPECT_EQ(Get("/orders/count", {{"status", "Refused"}}).body, "1");
  EXPECT_EQ(Get("/orders/count", {{"pageSize", "2"}}).body, "4");
}

TEST_F(OrdersTest, RefuseAPageOverAHundredAndAWordThatIsNoStatus) {
  for (const auto& [name, value] : {std::pair{"pageSize", "101"}, std::pair{"status", "Open"}}) {
    const auto response = Get("/orders", {{name, value}});
    EXPECT_EQ(response.status, 400);
    EXPECT_TRUE(Json(response).at("errors").as_object().contains(name));
  }
}

TEST_F(OrdersTest, AreFoundByTheirIdAsTheSameObjectAsInTheList) {
  const auto id = AFew(1).front();

  const auto one = Get("/orders/" + id);
  const auto list = Get("/orders");

  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(list.body, R"({"itemsPerPage":1,"items":[)" + one.body + "]}");
}

TEST_F(OrdersTest, OfAnotherSellerAreNotFoundAndNotListed) {
  const auto id = AnOrder(kInPreparation, {.seller = kStranger}).id();

  EXPECT_EQ(Get("/orders/" + id).status, 404);
  EXPECT_EQ(Get("/orders/NONE").status, 404);
  EXPECT_EQ(Get("/orders/count").body, "0");
}

TEST_F(OrdersTest, HaveNoShippingAddressBeforeTheyAreInPreparation) {
  const auto has_address = [&](OrderStatus status) {
    const auto body = Json(Get("/orders/" + AnOrder(status, {.lines = 1}).id()));
    EXPECT_FALSE(body.as_object().contains("shippingAddress")) << "it sits on the lines";
    return body.at("lines").at(0).as_object().contains("shippingAddress");
  };

  for (const auto status : {kProcessing, kWaitingAcceptance, kAccepted, kRefused, kRejected})
    EXPECT_FALSE(has_address(status));
  for (const auto status : {kInPreparation, kShipped, kDelivered}) EXPECT_TRUE(has_address(status));
}

TEST_F(OrdersTest, CanHaveLinesInDifferentStates) {
  const auto id = AnOrder(kInPreparation, {.lines = 2}).id();
  ASSERT_TRUE(world_.ChangeOrder(id, {.cancel_line = 0}, now_));

  const auto lines = Json(Get("/orders/" + id)).at("lines").as_array();

  EXPECT_EQ(lines.at(0).at("status").as_string(), "Cancelled");
  EXPECT_EQ(lines.at(1).at("status").as_string(), "InPreparation");
}

TEST_F(OrdersTest, ShiftTheirPagesWhenOneChangesDuringTheSweep) {
  const auto ids = AFew(5);
  const auto page = [&](const char* index) {
    return Ids(Get("/orders", {{"pageIndex", index}, {"pageSize", "2"}, {"sort", "asc:updatedAt"}}));
  };
  EXPECT_THAT(page("1"), ElementsAre(ids[0], ids[1]));

  ASSERT_TRUE(world_.ChangeOrder(ids[0], {.status = kShipped}, now_));

  EXPECT_THAT(page("2"), ElementsAre(ids[3], ids[4])) << "the third order was on neither page";
}

TEST_F(OrdersTest, StampManyWithOneSecond) {
  for (int i = 0; i < 10; ++i) {
    AnOrder(kInPreparation);
    Pass(std::chrono::milliseconds{90});
  }
  std::set<std::string> stamps;
  const auto body = Json(Get("/orders"));
  for (const auto& item : body.at("items").as_array()) stamps.emplace(item.at("updatedAt").as_string());

  EXPECT_THAT(stamps, ElementsAre("2026-10-06T15:30:00+00:00", "2026-10-06T15:30:00Z"))
      << "one instant, both spellings";
}

TEST_F(OrdersTest, AreWrittenIntoTheLedgerWhenTheyAreShown) {
  const auto ids = AFew(3);
  Get("/orders", {{"pageSize", "2"}, {"sort", "asc:updatedAt"}});
  Get("/orders/" + ids[0]);

  const auto& ledger = world_.ledger();
  EXPECT_THAT(ledger.shown(), ElementsAre(1U, 2U));
  EXPECT_EQ(ledger.version(1).shown_count, 2U);
  EXPECT_EQ(ledger.version(1).first_shown_to, "my-shop");
  EXPECT_EQ(ledger.version(1).first_shown_at, now_);
  EXPECT_EQ(ledger.version(1).first_shown_in, 1U);
  EXPECT_EQ(ledger.version(3).shown_count, 0U);
  ASSERT_EQ(ledger.reads().size(), 2U);
  EXPECT_EQ(ledger.reads()[0].query, "pageSize=2&sort=asc%3AupdatedAt");
  EXPECT_EQ(ledger.reads()[0].orders_shown, 2U);
  EXPECT_EQ(ledger.reads()[0].status, 200);
}

TEST_F(OrdersTest, ShowTheNewVersionAfterAChangeAlthoughTheirTextIsKept) {
  const auto id = AFew(1).front();
  Get("/orders/" + id);
  ASSERT_TRUE(world_.ChangeOrder(id, {.status = kShipped}, now_));

  EXPECT_EQ(Json(Get("/orders/" + id)).at("status").as_string(), "Shipped");
}

}  // namespace
}  // namespace cdiscount::simulator
