// What every vault of tokens does: SQLite and the in-memory fake as unit tests, PostgreSQL as an integration test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>

#include "adapters/testing/auth_stores.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "fakes/an_account.hpp"

namespace cdiscount::auth {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using fakes::ANewAccount;
using fakes::ANewAccountSharing;
using fakes::kLimits;
using fakes::kQuota;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

template <class Engine>
class TokenVaultConformance : public fakes::AuthStoresTest<Engine> {};
TYPED_TEST_SUITE(TokenVaultConformance, fakes::Engines);

TYPED_TEST(TokenVaultConformance, GivesOneClaimAndThenTheTokenToAllAccountsOfTheClientId) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());

  const auto claim = this->Claim("id-1");
  EXPECT_EQ(this->Shown(this->Take("id-1")), "pending");
  EXPECT_EQ(this->Shown(this->Take("id-2")), "pending");
  ASSERT_THAT(this->Keep(claim), Succeeds());
  const auto given = std::get<GivenToken>(this->Take("id-2").value());

  EXPECT_EQ(claim.credentials, ANewAccount(1).credentials);
  EXPECT_EQ(claim.seller_id, SellerId{"98971"});
  EXPECT_EQ(given.token, this->Token(claim));
  EXPECT_EQ(given.seller_id, SellerId{"98972"});
  EXPECT_EQ(given.sales_channel_id, SalesChannelId{"CDISFR"});
  EXPECT_EQ(this->Find("id-1").token_expires_at, this->engine_.clock().Now() + minutes{120});
  this->engine_.clock().Advance(minutes{120});
  EXPECT_EQ(this->Find("id-1").token_expires_at, std::nullopt);
}

TYPED_TEST(TokenVaultConformance, ADueTokenIsServedWhileItIsRenewed) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(this->Keep(this->Claim("id-1")), Succeeds());
  this->engine_.clock().Advance(minutes{116});

  const auto renewal = this->Claim("id-1");

  EXPECT_EQ(this->Shown(this->Take("id-1")), "token-one");
  ASSERT_THAT(this->Keep(renewal, "two"), Succeeds());
  EXPECT_EQ(this->Shown(this->Take("id-1")), "token-two");
}

TYPED_TEST(TokenVaultConformance, AClaimThatTookTooLongIsVoid) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  const auto slow = this->Claim("id-1");
  this->engine_.clock().Advance(kLimits.lease());
  const auto second = this->Claim("id-1");

  EXPECT_THAT(this->Keep(slow, "slow"), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(RunTask(this->vault().Pause(slow, {.message = "x"})), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(RunTask(this->vault().Refuse(slow, "x", {})), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(this->Keep(second, "second"), Succeeds());
  EXPECT_EQ(this->Shown(this->Take("id-1")), "token-second");
  EXPECT_THAT(this->engine_.Announced(), SizeIs(1));
}

TYPED_TEST(TokenVaultConformance, AnAnswerForReplacedCredentialsIsVoid) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  const auto old = this->Claim("id-1");
  ASSERT_THAT(this->Replace("id-1", "boutique-client-1", "new"), Succeeds());

  EXPECT_THAT(RunTask(this->vault().Refuse(old, "refused", {})), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(this->Keep(old), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(this->Find("id-1").account.state(), AccountState::kEnabled);
  EXPECT_EQ(this->Shown(this->Take("id-1")), "claim");
}

TYPED_TEST(TokenVaultConformance, AFailureStopsRequestsForAWhileThatGrows) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  const Error failure{.code = ErrorCode::kDeadlineExceeded, .message = "too slow"};
  ASSERT_THAT(RunTask(this->vault().Pause(this->Claim("id-1"), failure)), Succeeds());

  const auto paused = this->Take("id-1");
  this->engine_.clock().Advance(seconds{1});
  ASSERT_THAT(RunTask(this->vault().Pause(this->Claim("id-1"), failure)), Succeeds());
  const auto paused_longer = this->Take("id-1");

  ASSERT_THAT(paused, FailsWith(ErrorCode::kDeadlineExceeded));
  EXPECT_EQ(paused.error().message, "too slow");
  EXPECT_EQ(paused.error().retry_after, seconds{1});
  EXPECT_EQ(paused_longer.error().retry_after, seconds{2});
}

TYPED_TEST(TokenVaultConformance, ATokenEndsAPause) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  const Error failure{.code = ErrorCode::kThrottled, .message = "slow down", .retry_after = seconds{10}};
  ASSERT_THAT(RunTask(this->vault().Pause(this->Claim("id-1"), failure)), Succeeds());
  EXPECT_THAT(this->Take("id-1"), FailsWith(ErrorCode::kThrottled));
  this->engine_.clock().Advance(seconds{10});
  ASSERT_THAT(this->Keep(this->Claim("id-1"), "one", seconds{0}), Succeeds());

  const auto again = this->Claim("id-1");
  ASSERT_THAT(RunTask(this->vault().Pause(again, {.code = ErrorCode::kUnavailable, .message = "x"})), Succeeds());

  EXPECT_EQ(this->Take("id-1").error().retry_after, seconds{1});
}

TYPED_TEST(TokenVaultConformance, CountsRequestsAgainstTheQuotaOfTheClientId) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccount(3), "id-3"), Succeeds());
  for (int i = 0; i < kQuota; ++i) {
    ASSERT_THAT(this->Keep(this->Claim(i % 2 == 0 ? "id-1" : "id-2"), "short", seconds{60}), Succeeds());
    this->engine_.clock().Advance(minutes{1});
  }

  const auto spent = this->Take("id-2");
  const auto other_client = this->Take("id-3");
  this->engine_.clock().Advance(kLimits.window() - minutes{kQuota});
  const auto later = this->Take("id-1");

  ASSERT_THAT(spent, FailsWith(ErrorCode::kThrottled));
  EXPECT_EQ(spent.error().retry_after, kLimits.window() - minutes{kQuota});
  EXPECT_EQ(this->Shown(other_client), "claim");
  EXPECT_EQ(this->Shown(later), "claim");
}

TYPED_TEST(TokenVaultConformance, AClockThatIsSetBackHoldsUpNothing) {
  ASSERT_THAT(this->Create(ANewAccount(1), "asked"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccount(2), "paused"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccount(3), "spent"), Succeeds());
  this->Claim("asked");
  ASSERT_THAT(RunTask(this->vault().Pause(this->Claim("paused"), {.code = ErrorCode::kUnavailable, .message = "x"})),
              Succeeds());
  for (int i = 0; i < kQuota; ++i) ASSERT_THAT(this->Keep(this->Claim("spent"), "none", seconds{0}), Succeeds());
  ASSERT_THAT(this->Take("spent"), FailsWith(ErrorCode::kThrottled));

  this->engine_.clock().StepWall(-std::chrono::hours{24});

  EXPECT_EQ(this->Shown(this->Take("asked")), "claim");
  EXPECT_EQ(this->Shown(this->Take("paused")), "claim");
  EXPECT_EQ(this->Shown(this->Take("spent")), "claim");
}

TYPED_TEST(TokenVaultConformance, ARefusalMarksEveryAccountOfTheClientId) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccount(3), "id-3"), Succeeds());
  ASSERT_THAT(RunTask(this->accounts().Disable(AccountRef{"id-2"}, {})), Succeeds());

  ASSERT_THAT(RunTask(this->vault().Refuse(this->Claim("id-1"), "Wrong secret.", {})), Succeeds());

  EXPECT_THAT(this->engine_.Announced(),
              UnorderedElementsAre("id-1 v1 enabled g1", "id-2 v1 enabled g1", "id-3 v1 enabled g1",
                                   "id-2 v2 disabled g1", "id-1 v2 needs_new_credentials g1", "id-2 v3 disabled g1"));
  const auto refused = this->Take("id-1");
  ASSERT_THAT(refused, FailsWith(ErrorCode::kUnauthenticated));
  EXPECT_THAT(refused.error().message, HasSubstr("Wrong secret."));
  EXPECT_EQ(this->Shown(this->Take("id-3")), "claim");
}

TYPED_TEST(TokenVaultConformance, AnAccountThatJoinsRefusedCredentialsIsRefusedFromTheStart) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(RunTask(this->vault().Refuse(this->Claim("id-1"), "Wrong secret.", {})), Succeeds());

  const auto joined = this->Create(ANewAccountSharing(2, 1), "id-2");

  EXPECT_EQ(joined.value().account.state(), AccountState::kNeedsNewCredentials);
  EXPECT_THAT(this->Take("id-2"), FailsWith(ErrorCode::kUnauthenticated));
}

TYPED_TEST(TokenVaultConformance, NewCredentialsEndARefusalForAllAccounts) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());
  ASSERT_THAT(RunTask(this->vault().Refuse(this->Claim("id-1"), "Wrong secret.", {})), Succeeds());

  ASSERT_THAT(this->Replace("id-2", "boutique-client-1", "right"), Succeeds());

  EXPECT_EQ(this->Find("id-1").account.state(), AccountState::kEnabled);
  EXPECT_EQ(this->Find("id-2").account.state(), AccountState::kEnabled);
  EXPECT_EQ(this->Shown(this->Take("id-1")), "claim");
}

TYPED_TEST(TokenVaultConformance, ADisabledAccountTakesNothing) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(this->Keep(this->Claim("id-1")), Succeeds());
  ASSERT_THAT(RunTask(this->accounts().Disable(AccountRef{"id-1"}, {})), Succeeds());

  EXPECT_THAT(this->Take("id-1"), FailsWith(ErrorCode::kConflict));
  ASSERT_THAT(RunTask(this->accounts().Enable(AccountRef{"id-1"}, {})), Succeeds());
  EXPECT_EQ(this->Shown(this->Take("id-1")), "token-one");
}

TYPED_TEST(TokenVaultConformance, OfManyConcurrentTakersOneGetsTheClaim) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  boost::asio::io_context io{1};
  std::map<std::string, int> got;
  for (int i = 0; i < 20; ++i) {
    boost::asio::co_spawn(io, this->vault().Take(AccountId{"id-1"}, {}),
                          [&](std::exception_ptr, const Result<TokenAnswer>& answer) { ++got[this->Shown(answer)]; });
  }
  io.run();

  EXPECT_EQ(got["claim"], 1);
  EXPECT_EQ(got["pending"], 19);
}

}  // namespace
}  // namespace cdiscount::auth
