#include "app/marketplace_orders.hpp"

#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "marketplace/testing/fake_api.hpp"
#include "testing/an_order.hpp"

namespace cdiscount::order_ingest {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using fakes::kNoon;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

marketplace::OrderDto Dto(const std::string& id, const std::string& line_id = "1") {
  marketplace::OrderDto dto;
  dto.order_id = id;
  dto.status = "InPreparation";
  dto.lines.resize(1);
  dto.lines[0].order_line_id = line_id;
  dto.lines[0].quantity = 1;
  return dto;
}

class MarketplaceOrdersTest : public ::testing::Test {
 protected:
  MarketplaceOrdersTest() { tokens_.get.ThenReturns(marketplace::AccessToken::Of(Secret{"token-1"})); }

  Result<OrderPage> Fetch() {
    const PageRequest request{
        .updated_min = kNoon, .updated_max = kNoon + std::chrono::hours{1}, .page_index = 2, .page_size = 50};
    return RunTask(source_.FetchPage(seller_, request));
  }

  SellerRef seller_{AccountId{"account-1"}, SellerId{"98979"}, ChannelId{"CDISFR"}, "00-trace"};
  cdiscount::fakes::FakeOrdersApi api_;
  cdiscount::fakes::FakeAccessTokens tokens_;
  Fingerprints fingerprints_{Secret{"a key"}};
  MarketplaceOrders source_{api_, tokens_, fingerprints_};
};

TEST_F(MarketplaceOrdersTest, AsksForThePageInTheSellersName) {
  api_.list.ThenReturns({.orders = {Dto("A-1")}, .item_count = 1, .server_time = kNoon});

  const auto page = Fetch();

  ASSERT_THAT(page, Succeeds());
  EXPECT_EQ(page->server_time, kNoon);
  EXPECT_EQ(page->orders.at(0).order.key().ToString(), "CDISFR/98979/A-1");
  EXPECT_EQ(api_.listed.at(0).page_index, 2);
  EXPECT_EQ(api_.listed.at(0).page_size, 50);
  EXPECT_EQ(api_.listed.at(0).updated_at_min, kNoon);
  EXPECT_EQ(api_.callers.at(0).seller_id, "98979");
  EXPECT_EQ(api_.callers.at(0).access_token, Secret{"token-1"});
  EXPECT_EQ(api_.callers.at(0).traceparent, "00-trace");
}

TEST_F(MarketplaceOrdersTest, RenewsARefusedTokenOnceAndAsksOnceMore) {
  api_.list.ThenFails({ErrorCode::kUnauthenticated, "expired"});
  tokens_.renew.ThenReturns(marketplace::AccessToken::Of(Secret{"token-2"}));
  api_.list.ThenReturns({});

  ASSERT_THAT(Fetch(), Succeeds());

  EXPECT_EQ(api_.callers.at(1).access_token, Secret{"token-2"});
  EXPECT_THAT(tokens_.rejected, ElementsAre(marketplace::AccessToken::Of(Secret{"token-1"}).fingerprint));
}

TEST_F(MarketplaceOrdersTest, MakesNoCallForAPollThatWasToldToEndBetweenTwoCalls) {
  namespace asio = boost::asio;
  asio::io_context io{1};
  asio::cancellation_signal end;
  std::optional<ErrorCode> code;
  const auto poll = [&]() -> Task<> {
    co_await asio::this_coro::throw_if_cancelled(false);
    end.emit(asio::cancellation_type::terminal);  // while no call is made that could be cancelled
    const auto page = co_await source_.FetchPage(seller_, {.updated_min = kNoon});
    if (!page) code = page.error().code;
  };
  asio::co_spawn(io, poll(), asio::bind_cancellation_slot(end.slot(), asio::detached));

  io.run();

  EXPECT_EQ(code, ErrorCode::kCancelled);
  EXPECT_THAT(api_.listed, IsEmpty());
}

TEST_F(MarketplaceOrdersTest, AnItemThatIsNoOrderIsKeptAndTheOthersGoOn) {
  api_.list.ThenReturns({.orders = {Dto("A-1"), Dto("A-2", "")},
                         .raw = {Pii{"{1}"}, Pii{"{2}"}},
                         .unreadable = {{.index = 2, .reason = "no object", .order_id = "A-3", .raw = Pii{"[]"}}},
                         .item_count = 3});

  const auto page = Fetch();

  ASSERT_THAT(page, Succeeds());
  EXPECT_EQ(page->items, 3U);
  EXPECT_THAT(page->orders, SizeIs(1));
  ASSERT_THAT(page->unreadable, SizeIs(2));
  EXPECT_EQ(page->unreadable[0].order_id, "A-2");
  EXPECT_EQ(page->unreadable[0].raw, "{2}");
  EXPECT_EQ(page->unreadable[1].raw, "[]");
}

TEST_F(MarketplaceOrdersTest, AnIdThatNamesNothingIsSetAsideInWordsThatCanBePrinted) {
  api_.list.ThenReturns({.orders = {Dto(std::string("A\0B", 3)), Dto(std::string(300, 'x')), Dto("A-1")},
                         .raw = {Pii{"{1}"}, Pii{"{2}"}, Pii{"{3}"}},
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

TEST_F(MarketplaceOrdersTest, AListThatBreaksIsGivenUpToTheBreakWithTheRest) {
  api_.list.ThenReturns({.orders = {Dto("A-1")}, .item_count = 1, .cut = true, .rest = Pii{"{\"orderId\""}});

  const auto page = Fetch();

  ASSERT_THAT(page, Succeeds());
  EXPECT_TRUE(page->cut);
  EXPECT_EQ(page->rest, "{\"orderId\"");
  EXPECT_EQ(page->items, 1U);
}

TEST_F(MarketplaceOrdersTest, AnAnswerAboutAnotherOrderOrSellerIsNotTakenForTheOneAskedFor) {
  auto stranger = Dto("A-1");
  stranger.seller_id = "77777";
  api_.get.ThenReturns({.order = Dto("A-2")});
  api_.get.ThenReturns({.order = stranger});
  tokens_.get.ThenReturns(marketplace::AccessToken::Of(Secret{"token-1"}));

  EXPECT_THAT(RunTask(source_.FetchOrder(seller_, OrderId{"A-1"})), FailsWith(ErrorCode::kUnreadable));
  EXPECT_THAT(RunTask(source_.FetchOrder(seller_, OrderId{"A-1"})), FailsWith(ErrorCode::kUnreadable));
}

TEST_F(MarketplaceOrdersTest, TheSameAnswerGivesTheSameFingerprint) {
  api_.get.ThenReturns({.order = Dto("A-1")});
  api_.get.ThenReturns({.order = Dto("A-1")});
  tokens_.get.ThenReturns(marketplace::AccessToken::Of(Secret{"token-1"}));

  const auto first = RunTask(source_.FetchOrder(seller_, OrderId{"A-1"}));
  const auto second = RunTask(source_.FetchOrder(seller_, OrderId{"A-1"}));

  ASSERT_THAT(first, Succeeds());
  EXPECT_EQ(first->fingerprint, second->fingerprint);
}

}  // namespace
}  // namespace cdiscount::order_ingest
