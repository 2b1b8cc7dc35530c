#include "marketplace/authorised_orders.hpp"

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

namespace cdiscount::marketplace {
namespace {

namespace asio = boost::asio;
using fakes::FailsWith;
using fakes::RunTask;
using fakes::Succeeds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AuthorisedOrdersTest : public ::testing::Test {
 protected:
  AuthorisedOrdersTest() { tokens_.get.ThenReturns(AccessToken::Of(Secret{"token-1"})); }

  /// Is told to end while no call is made that could be cancelled, and makes one then.
  Task<> ToldToEnd(asio::cancellation_signal& end, std::optional<ErrorCode>& code) {
    co_await asio::this_coro::throw_if_cancelled(false);
    end.emit(asio::cancellation_type::terminal);
    const auto page = co_await api_.List(caller_, {});
    if (!page) code = page.error().code;
  }

  fakes::FakeOrdersApi marketplace_;
  fakes::FakeAccessTokens tokens_;
  AuthorisedOrders api_{marketplace_, tokens_};
  const Caller caller_{SellerRef{AccountId{"account-1"}, SellerId{"98979"}, ChannelId{"CDISFR"}, "00-trace", 3}};
};

TEST_F(AuthorisedOrdersTest, MakeEachCallInTheCallersNameWithTheTokenOfItsAccount) {
  marketplace_.count.ThenReturns(42);

  EXPECT_EQ(RunTask(api_.Count(caller_, {.page_size = 7})).value(), 42);

  EXPECT_EQ(marketplace_.counted.at(0).page_size, 7);
  EXPECT_EQ(marketplace_.callers.at(0).seller.value(), "98979");
  EXPECT_EQ(marketplace_.callers.at(0).traceparent, "00-trace");
  EXPECT_EQ(marketplace_.callers.at(0).access_token, Secret{"token-1"});
  EXPECT_THAT(tokens_.accounts, ElementsAre("account-1"));
  EXPECT_THAT(tokens_.generations, ElementsAre(3));
}

TEST_F(AuthorisedOrdersTest, RenewARefusedTokenOnceAndAskOnceMore) {
  marketplace_.list.ThenFails({ErrorCode::kUnauthenticated, "expired"});
  marketplace_.list.ThenReturns({});
  tokens_.renew.ThenReturns(AccessToken::Of(Secret{"token-2"}));

  EXPECT_THAT(RunTask(api_.List(caller_, {})), Succeeds());

  EXPECT_EQ(marketplace_.callers.at(1).access_token, Secret{"token-2"});
  EXPECT_THAT(tokens_.rejected, ElementsAre(AccessToken::Of(Secret{"token-1"}).fingerprint));
}

TEST_F(AuthorisedOrdersTest, FailWithTheReasonWhyThereIsNoToken) {
  fakes::FakeAccessTokens none;
  none.get.ThenFails({ErrorCode::kUnavailable, "auth is away"});
  AuthorisedOrders api(marketplace_, none);

  EXPECT_THAT(RunTask(api.Get(caller_, "A-1")), FailsWith(ErrorCode::kUnavailable));

  EXPECT_THAT(marketplace_.got, IsEmpty());
}

TEST_F(AuthorisedOrdersTest, MakeNoCallForACoroutineThatWasToldToEndBetweenTwoCalls) {
  asio::io_context io{1};
  asio::cancellation_signal end;
  std::optional<ErrorCode> code;
  asio::co_spawn(io, ToldToEnd(end, code), asio::bind_cancellation_slot(end.slot(), asio::detached));

  io.run();

  EXPECT_EQ(code, ErrorCode::kCancelled);
  EXPECT_THAT(marketplace_.listed, IsEmpty());
}

}  // namespace
}  // namespace cdiscount::marketplace
