#include "app/token_cache.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "core/testing/fake_clock.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "fakes/an_account.hpp"
#include "fakes/fake_marketplace.hpp"
#include "fakes/in_memory_auth_store.hpp"

namespace cdiscount::auth {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using fakes::ANewAccount;
using fakes::ANewAccountSharing;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const AccountId kAccount{"id-1"};
const AccountId kSharing{"id-2"};

class TokenCacheTest : public ::testing::Test {
 protected:
  TokenCacheTest() {
    RunTask(store_.Create(ANewAccount(1), kAccount)).value();
    RunTask(store_.Create(ANewAccountSharing(2, 1), kSharing)).value();
    store_.announced.clear();
  }

  Result<GivenToken> Get(const AccountId& account = kAccount, TokenWish wish = {}) {
    return RunTask(tokens_.Get(account, std::move(wish)));
  }
  static std::string Value(const Result<GivenToken>& given) {
    return given ? given->token.value.Reveal() : given.error().message;
  }

  cdiscount::fakes::FakeClock clock_;
  fakes::InMemoryAuthStore store_{clock_};
  fakes::FakeTokenIssuer issuer_;
  fakes::CountingObserver observer_;
  TokenCache tokens_{store_, issuer_, observer_, clock_, [] { return 0.0; }};
};

TEST_F(TokenCacheTest, AsksOnceAndGivesTheHeldTokenAfterwards) {
  const auto first = Get();
  const auto second = Get();

  EXPECT_EQ(Value(first), "token-1");
  EXPECT_EQ(Value(second), "token-1");
  EXPECT_THAT(issuer_.asked, SizeIs(1));
  EXPECT_EQ(observer_.issued, 1);
  EXPECT_EQ(observer_.held, 1);
}

TEST_F(TokenCacheTest, SharesOneTokenAmongTheAccountsOfAClientId) {
  const auto one = Get(kAccount);
  const auto other = Get(kSharing);

  EXPECT_EQ(Value(one), Value(other));
  EXPECT_EQ(one->seller_id, SellerId{"98971"});
  EXPECT_EQ(other->seller_id, SellerId{"98972"});
  EXPECT_THAT(issuer_.asked, SizeIs(1));
}

TEST_F(TokenCacheTest, AsksOnceForFiftyCallersAtTheSameTime) {
  boost::asio::io_context io{1};
  std::vector<std::string> given;
  issuer_.ThenHolds();
  for (int i = 0; i < 50; ++i) {
    boost::asio::co_spawn(io, tokens_.Get(i % 2 == 0 ? kAccount : kSharing),
                          [&](std::exception_ptr, const Result<GivenToken>& token) { given.push_back(Value(token)); });
  }
  while (issuer_.asked.empty() && io.run_one() != 0) {
  }
  io.poll();
  issuer_.Answer();
  io.run();

  EXPECT_THAT(given, SizeIs(50));
  EXPECT_THAT(given, ::testing::Each("token-1"));
  EXPECT_THAT(issuer_.asked, SizeIs(1));
}

TEST_F(TokenCacheTest, RenewsEarlyAndFallsBackOnTheHeldTokenWhileTheRenewalFails) {
  Get().value();
  clock_.Advance(minutes{116});
  issuer_.ThenFails({.code = ErrorCode::kUnavailable, .message = "no route"});

  const auto while_failing = Get();
  clock_.Advance(seconds{2});
  const auto after = Get();

  EXPECT_EQ(Value(while_failing), "token-1");
  EXPECT_EQ(Value(after), "token-2");
  EXPECT_THAT(issuer_.asked, SizeIs(3));
}

TEST_F(TokenCacheTest, ATokenOfAShortLifeIsNotAskedForAllTheTime) {
  issuer_.lifetime = minutes{5};
  for (int second = 0; second < 3600; ++second) {
    ASSERT_THAT(Get(), Succeeds());
    clock_.Advance(seconds{1});
  }

  EXPECT_LE(issuer_.asked.size(), 14U) << "the realm gives 500 an hour";
}

TEST_F(TokenCacheTest, SaysWhyWhenNothingIsHeldAndDoesNotHammer) {
  issuer_.ThenFails({.code = ErrorCode::kUnavailable, .message = "no route"});

  const auto first = Get();
  const auto second = Get();

  ASSERT_THAT(first, FailsWith(ErrorCode::kUnavailable));
  EXPECT_EQ(first.error().message, "no route");
  ASSERT_THAT(second, FailsWith(ErrorCode::kUnavailable));
  EXPECT_EQ(second.error().retry_after, seconds{1});
  EXPECT_THAT(issuer_.asked, SizeIs(1));
  EXPECT_EQ(observer_.not_given, 2);
}

TEST_F(TokenCacheTest, ANetworkFailureLeavesTheAccountsAsTheyAre) {
  issuer_.ThenFails({.code = ErrorCode::kDeadlineExceeded, .message = "too slow"});

  EXPECT_THAT(Get(), FailsWith(ErrorCode::kDeadlineExceeded));

  EXPECT_THAT(store_.announced, SizeIs(0));
}

TEST_F(TokenCacheTest, AThrottledRequestIsNotRepeatedBeforeItsTime) {
  issuer_.ThenFails({.code = ErrorCode::kThrottled, .message = "slow down", .retry_after = minutes{5}});
  EXPECT_THAT(Get(), FailsWith(ErrorCode::kThrottled));
  clock_.Advance(minutes{5} - seconds{1});

  const auto before = Get();
  clock_.Advance(seconds{1});
  const auto after = Get();

  ASSERT_THAT(before, FailsWith(ErrorCode::kThrottled));
  EXPECT_EQ(before.error().retry_after, seconds{1});
  EXPECT_THAT(after, Succeeds());
}

TEST_F(TokenCacheTest, RefusedCredentialsMarkEveryAccountOfTheClientIdAndAreNotTriedAgain) {
  issuer_.ThenFails({.code = ErrorCode::kUnauthenticated, .message = "Invalid client secret."});

  const auto first = Get(kAccount);
  const auto second = Get(kSharing);
  clock_.Advance(minutes{60});
  const auto later = Get(kAccount);

  for (const auto* given : {&first, &second, &later}) {
    ASSERT_THAT(*given, FailsWith(ErrorCode::kUnauthenticated));
    EXPECT_THAT(given->error().message, AllOf(HasSubstr("Invalid client secret."), HasSubstr("new credentials")));
  }
  EXPECT_THAT(issuer_.asked, SizeIs(1));
  ASSERT_THAT(store_.announced, SizeIs(2));
  for (const auto& fields : store_.announced) {
    EXPECT_EQ(Account{fields}.state(), AccountState::kNeedsNewCredentials);
    EXPECT_EQ(fields.version, 2);
  }
}

TEST_F(TokenCacheTest, NewCredentialsEndTheRefusal) {
  issuer_.ThenFails({.code = ErrorCode::kUnauthenticated, .message = "Invalid client secret."});
  EXPECT_THAT(Get(), FailsWith(ErrorCode::kUnauthenticated));
  const Credentials better{ClientId{"boutique-client-1"}, Secret{"better"}};
  RunTask(store_.ReplaceCredentials(AccountRef{kAccount.value()}, better)).value();

  EXPECT_EQ(Value(Get(kAccount)), "token-1");
  EXPECT_EQ(Value(Get(kSharing)), "token-1");
  EXPECT_EQ(issuer_.asked.back(), better);
}

TEST_F(TokenCacheTest, ARefusalOfCredentialsThatWereReplacedMeanwhileMarksNothing) {
  const Credentials better{ClientId{"boutique-client-1"}, Secret{"better"}};
  issuer_.ThenFails({.code = ErrorCode::kUnauthenticated, .message = "Invalid client secret."});
  issuer_.while_asking = [&, once = false]() mutable {
    if (std::exchange(once, true)) return;
    RunTask(store_.ReplaceCredentials(AccountRef{kAccount.value()}, better)).value();
  };

  const auto given = Get();

  EXPECT_EQ(Value(given), "token-1");
  EXPECT_EQ(issuer_.asked.back(), better);
  for (const auto& fields : store_.announced) EXPECT_EQ(Account{fields}.state(), AccountState::kEnabled);
}

TEST_F(TokenCacheTest, ARejectedTokenIsReplacedOnceHoweverManyReportIt) {
  const auto first = Get();
  clock_.Advance(minutes{1});
  const TokenWish rejects{.rejected_fingerprint = first->token.life.fingerprint};

  EXPECT_EQ(Value(Get(kAccount, rejects)), "token-2");
  EXPECT_EQ(Value(Get(kSharing, rejects)), "token-2");
  EXPECT_EQ(Value(Get(kAccount, rejects)), "token-2");
  EXPECT_THAT(issuer_.asked, SizeIs(2));
}

TEST_F(TokenCacheTest, ARejectedReplacementIsNotReplacedWithinAMinute) {
  const auto first = Get();
  const auto second = Get(kAccount, {.rejected_fingerprint = first->token.life.fingerprint});
  const TokenWish rejects_second{.rejected_fingerprint = second->token.life.fingerprint};

  const auto at_once = Get(kAccount, rejects_second);
  clock_.Advance(kRejectedTokenPause);
  const auto later = Get(kAccount, rejects_second);

  ASSERT_THAT(at_once, FailsWith(ErrorCode::kUnavailable));
  EXPECT_EQ(at_once.error().retry_after, kRejectedTokenPause);
  EXPECT_EQ(Value(later), "token-3");
}

TEST_F(TokenCacheTest, ADisabledOrUnknownAccountGetsNone) {
  RunTask(store_.Disable(AccountRef{kAccount.value()})).value();

  EXPECT_THAT(Get(kAccount), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(Get(AccountId{"nobody"}), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(issuer_.asked, SizeIs(0));
}

TEST_F(TokenCacheTest, NeverAsksForMoreThanTheQuotaOfAnHour) {
  const TokenLimits limits{.per_hour = 3};
  fakes::InMemoryAuthStore store{clock_, limits};
  RunTask(store.Create(ANewAccount(1), kAccount)).value();
  TokenCache tokens{store, issuer_, observer_, clock_, [] { return 0.0; }};
  issuer_.lifetime = minutes{2};

  Result<GivenToken> last = Error{};
  for (int i = 0; i < 4; ++i) {
    last = RunTask(tokens.Get(kAccount));
    clock_.Advance(minutes{2});
  }

  ASSERT_THAT(last, FailsWith(ErrorCode::kThrottled));
  EXPECT_EQ(last.error().retry_after, limits.window() - minutes{6});
  EXPECT_THAT(issuer_.asked, SizeIs(3));
}

TEST_F(TokenCacheTest, ACallerThatGoesAwayDoesNotEndTheRequestForTheOthers) {
  boost::asio::io_context io{1};
  boost::asio::cancellation_signal gone;
  std::vector<std::string> given;
  const auto keep = [&](std::exception_ptr failure, const Result<GivenToken>& token) {
    given.push_back(failure ? "cancelled" : Value(token));
  };
  issuer_.ThenHolds();
  boost::asio::co_spawn(io, tokens_.Get(kAccount), boost::asio::bind_cancellation_slot(gone.slot(), keep));
  boost::asio::co_spawn(io, tokens_.Get(kSharing), keep);
  while (issuer_.asked.empty() && io.run_one() != 0) {
  }
  io.poll();

  gone.emit(boost::asio::cancellation_type::terminal);
  io.poll();
  issuer_.Answer();
  io.run();

  EXPECT_THAT(given, ::testing::ElementsAre("token-1", "token-1"));
  EXPECT_THAT(issuer_.asked, SizeIs(1));
}

TEST_F(TokenCacheTest, ACallerThatWaitsCanBeCancelled) {
  boost::asio::io_context io{1};
  boost::asio::cancellation_signal gone;
  bool ended = false;
  RunTask(store_.Take(kAccount, {})).value();  // somebody else asks, and never comes back
  boost::asio::co_spawn(io, tokens_.Get(kSharing),
                        boost::asio::bind_cancellation_slot(
                            gone.slot(), [&](std::exception_ptr, const Result<GivenToken>&) { ended = true; }));
  io.poll();
  gone.emit(boost::asio::cancellation_type::terminal);
  while (!ended && io.run_one() != 0) {
  }

  EXPECT_TRUE(ended);
  EXPECT_THAT(issuer_.asked, SizeIs(0));
}

TEST_F(TokenCacheTest, GivesUpWaitingForAnotherReplicaAfterItsPatience) {
  TokenCache impatient{
      store_, issuer_, observer_, clock_, [] { return 0.0; }, {.patience = std::chrono::milliseconds{0}}};
  RunTask(store_.Take(kAccount, {})).value();

  const auto given = RunTask(impatient.Get(kSharing));

  ASSERT_THAT(given, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(given.error().message, HasSubstr("asked for elsewhere"));
}

TEST_F(TokenCacheTest, TakesOverFromAReplicaThatDiedWhileItAsked) {
  RunTask(store_.Take(kAccount, {})).value();
  clock_.Advance(TokenLimits{}.lease());

  EXPECT_EQ(Value(Get()), "token-1");
}

TEST_F(TokenCacheTest, SaysThatTheDatabaseIsAway) {
  store_.broken = Error{.code = ErrorCode::kUnavailable, .message = "no database"};

  EXPECT_THAT(Get(), FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(issuer_.asked, SizeIs(0));
}

}  // namespace
}  // namespace cdiscount::auth
