#include "app/order_page.hpp"

#include <gmock/gmock.h>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "marketplace/testing/fake_api.hpp"
#include "testing/an_order.hpp"

namespace cdiscount::order_ingest {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using fakes::AnOrder;
using fakes::kNoon;
using ::testing::HasSubstr;
using ::testing::SizeIs;

marketplace::ObservedOrder Observed(const std::string& id, const std::string& raw = "{}") {
  auto order = AnOrder(id);
  order.clear_seller_id();
  order.clear_sales_channel_id();
  return {std::move(order), {}, Pii{raw}};
}

class OrderPageTest : public ::testing::Test {
 protected:
  Result<OrderPage> Fetch() {
    return RunTask(
        FetchPage(api_, fingerprints_, seller_, {.updated_at_min = kNoon, .page_index = 2, .page_size = 50}));
  }
  Result<IncomingOrder> FetchOne() { return RunTask(FetchOrder(api_, fingerprints_, seller_, OrderId{"A-1"})); }

  SellerRef seller_{AccountId{"account-1"}, SellerId{"98979"}, ChannelId{"CDISFR"}, "00-trace", 3};
  cdiscount::fakes::FakeOrdersApi api_;
  Fingerprints fingerprints_{Secret{"a key"}};
};

TEST_F(OrderPageTest, IsAskedForInTheSellersName) {
  api_.list.ThenReturns({.orders = {}, .item_count = 0, .server_time = kNoon});

  const auto page = Fetch();

  ASSERT_THAT(page, Succeeds());
  EXPECT_EQ(page->server_time, kNoon);
  EXPECT_EQ(api_.listed.at(0).page_index, 2);
  EXPECT_EQ(api_.callers.at(0).seller, SellerId{"98979"});
  EXPECT_EQ(api_.callers.at(0).channel, ChannelId{"CDISFR"});
  EXPECT_EQ(api_.callers.at(0).traceparent, "00-trace");
  EXPECT_EQ(api_.callers.at(0).account, AccountId{"account-1"});
  EXPECT_EQ(api_.callers.at(0).generation, 3);
}

TEST_F(OrderPageTest, AnOrderBelongsToTheChannelThatItNamesElseToTheAccounts) {
  auto other = Observed("A-2");
  other.order.set_sales_channel_id("OTHER");
  api_.list.ThenReturns({.orders = {Observed("A-1"), std::move(other)}, .item_count = 2});

  const auto page = Fetch();

  ASSERT_THAT(page, Succeeds());
  ASSERT_THAT(page->orders, SizeIs(2));
  EXPECT_EQ(OrderKey::Of(page->orders[0].order).ToString(), "CDISFR/98979/A-1");
  EXPECT_EQ(OrderKey::Of(page->orders[1].order).ToString(), "OTHER/98979/A-2");
  EXPECT_EQ(page->orders[0].bytes, page->orders[0].order.SerializeAsString());
}

TEST_F(OrderPageTest, WhatIsNoOrderOfOursIsSetAsideWithItsTextAndTheOthersGoOn) {
  auto stranger = Observed("A-2", "{2}");
  stranger.order.set_seller_id("77777");
  api_.list.ThenReturns({.orders = {Observed("A-1"), std::move(stranger)},
                         .unreadable = {{.index = 2, .reason = "no object", .order_id = "A-3", .raw = Pii{"[]"}}},
                         .item_count = 3});

  const auto page = Fetch();

  ASSERT_THAT(page, Succeeds());
  EXPECT_EQ(page->items, 3U);
  EXPECT_THAT(page->orders, SizeIs(1));
  ASSERT_THAT(page->unreadable, SizeIs(2));
  EXPECT_EQ(page->unreadable[0].order_id, "A-2");
  EXPECT_THAT(page->unreadable[0].reason, HasSubstr("seller.id: names another seller"));
  EXPECT_EQ(page->unreadable[0].raw, "{2}");
  EXPECT_EQ(page->unreadable[1].raw, "[]");
}

TEST_F(OrderPageTest, AnIdThatNamesNothingIsSetAsideInWordsThatCanBePrinted) {
  api_.list.ThenReturns({.orders = {Observed(std::string("A\0B", 3)), Observed(std::string(300, 'x')), Observed("A-1")},
                         .item_count = 3});

  const auto page = Fetch();

  ASSERT_THAT(page, Succeeds());
  EXPECT_THAT(page->orders, SizeIs(1));
  ASSERT_THAT(page->unreadable, SizeIs(2));
  EXPECT_EQ(page->unreadable[0].order_id, "A\\u0000B");
  EXPECT_EQ(page->unreadable[0].reason, "orderId: holds a control character");
  EXPECT_EQ(page->unreadable[1].order_id, std::string(61, 'x') + "...");
  EXPECT_EQ(page->unreadable[1].reason, "orderId: is longer than 64 bytes");
}

TEST_F(OrderPageTest, ThatBreaksIsGivenUpToTheBreakWithTheRest) {
  api_.list.ThenReturns({.orders = {Observed("A-1")}, .item_count = 1, .cut = true, .rest = Pii{"{\"orderId\""}});

  const auto page = Fetch();

  ASSERT_THAT(page, Succeeds());
  EXPECT_TRUE(page->cut);
  EXPECT_EQ(page->rest, "{\"orderId\"");
  EXPECT_EQ(page->items, 1U);
}

TEST_F(OrderPageTest, AnAnswerAboutAnotherOrderOrSellerIsNotTakenForTheOneAskedFor) {
  auto stranger = Observed("A-1");
  stranger.order.set_seller_id("77777");
  api_.get.ThenReturns({.observed = Observed("A-2"), .warnings = {}});
  api_.get.ThenReturns({.observed = std::move(stranger), .warnings = {}});

  EXPECT_THAT(FetchOne(), FailsWith(ErrorCode::kUnreadable));
  EXPECT_THAT(FetchOne(), FailsWith(ErrorCode::kUnreadable));
}

TEST_F(OrderPageTest, TheSameAnswerGivesTheSameFingerprint) {
  api_.get.ThenReturns({.observed = Observed("A-1"), .warnings = {}});
  api_.get.ThenReturns({.observed = Observed("A-1"), .warnings = {}});

  const auto first = FetchOne();
  const auto second = FetchOne();

  ASSERT_THAT(first, Succeeds());
  EXPECT_EQ(first->fingerprint, second->fingerprint);
}

}  // namespace
}  // namespace cdiscount::order_ingest
