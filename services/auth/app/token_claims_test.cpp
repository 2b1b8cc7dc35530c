// On SQLite as unit tests, on PostgreSQL as an integration test.
#include "app/token_claims.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "testing/auth_test.hpp"

namespace cdiscount::auth {
namespace {

using fakes::ANewAccount;
using fakes::ANewAccountSharing;
using fakes::FailsWith;
using fakes::kLimits;
using fakes::kQuota;
using fakes::Succeeds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class TokenClaimsTest : public fakes::AuthTest {
 protected:
  Status Pause(const TokenClaim& claim, const Error& failure) {
    return InTransaction([&](store::Transaction& transaction) { return PauseRequests(transaction, claim, failure); });
  }
  Status Refuse(const TokenClaim& claim, const std::string& refusal) {
    return InTransaction(
        [&](store::Transaction& transaction) { return RefuseCredentials(transaction, claim, refusal, ""); });
  }
  /// "token-one", "claim", "pending" or the error's code.
  static std::string Shown(const Result<TokenAnswer>& answer) {
    if (!answer) return std::string(ToString(answer.error().code));
    if (const auto* given = std::get_if<GivenToken>(&*answer)) return given->token.value.Reveal();
    return std::holds_alternative<TokenClaim>(*answer) ? "claim" : "pending";
  }
};

TEST_F(TokenClaimsTest, GivesOneClaimAndThenTheTokenToAllAccountsOfTheClientId) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());

  const auto claim = Claim("id-1");
  EXPECT_EQ(Shown(Take("id-1")), "pending");
  EXPECT_EQ(Shown(Take("id-2")), "pending");
  ASSERT_THAT(Keep(claim), Succeeds());
  const auto given = std::get<GivenToken>(Take("id-2").value());

  EXPECT_EQ(claim.credentials, ANewAccount(1).credentials);
  EXPECT_EQ(claim.seller_id, SellerId{"98971"});
  EXPECT_EQ(given.token, Token(claim));
  EXPECT_EQ(given.seller_id, SellerId{"98972"});
  EXPECT_EQ(given.sales_channel_id, ChannelId{"CDISFR"});
  EXPECT_EQ(Find("id-1").token_expires_at, clock_.Now() + minutes{120});
  clock_.Advance(minutes{120});
  EXPECT_EQ(Find("id-1").token_expires_at, std::nullopt);
}

TEST_F(TokenClaimsTest, ADueTokenIsServedWhileItIsRenewed) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(Keep(Claim("id-1")), Succeeds());
  clock_.Advance(minutes{116});

  const auto renewal = Claim("id-1");

  EXPECT_EQ(Shown(Take("id-1")), "token-one");
  ASSERT_THAT(Keep(renewal, "two"), Succeeds());
  EXPECT_EQ(Shown(Take("id-1")), "token-two");
}

TEST_F(TokenClaimsTest, AClaimThatTookTooLongIsVoid) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  const auto slow = Claim("id-1");
  clock_.Advance(kLimits.lease());
  const auto second = Claim("id-1");

  EXPECT_THAT(Keep(slow, "slow"), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(Pause(slow, {.message = "x"}), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(Refuse(slow, "x"), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(Keep(second, "second"), Succeeds());
  EXPECT_EQ(Shown(Take("id-1")), "token-second");
  EXPECT_THAT(Announced(), SizeIs(1));
}

TEST_F(TokenClaimsTest, AnAnswerForReplacedCredentialsIsVoid) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  const auto old = Claim("id-1");
  ASSERT_THAT(Replace("id-1", "boutique-client-1", "new"), Succeeds());

  EXPECT_THAT(Refuse(old, "refused"), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(Keep(old), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(StateOf("id-1"), events::v1::ACCOUNT_STATE_ENABLED);
  EXPECT_EQ(Shown(Take("id-1")), "claim");
}

TEST_F(TokenClaimsTest, AFailureStopsRequestsForAWhileThatGrows) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  const Error failure{.code = ErrorCode::kDeadlineExceeded, .message = "too slow"};
  ASSERT_THAT(Pause(Claim("id-1"), failure), Succeeds());

  const auto paused = Take("id-1");
  clock_.Advance(seconds{1});
  ASSERT_THAT(Pause(Claim("id-1"), failure), Succeeds());
  const auto paused_longer = Take("id-1");

  ASSERT_THAT(paused, FailsWith(ErrorCode::kDeadlineExceeded));
  EXPECT_EQ(paused.error().message, "too slow");
  EXPECT_EQ(paused.error().retry_after, seconds{1});
  EXPECT_EQ(paused_longer.error().retry_after, seconds{2});
}

TEST_F(TokenClaimsTest, ATokenEndsAPause) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  const Error failure{.code = ErrorCode::kThrottled, .message = "slow down", .retry_after = seconds{10}};
  ASSERT_THAT(Pause(Claim("id-1"), failure), Succeeds());
  EXPECT_THAT(Take("id-1"), FailsWith(ErrorCode::kThrottled));
  clock_.Advance(seconds{10});
  ASSERT_THAT(Keep(Claim("id-1"), "one", seconds{0}), Succeeds());

  const auto again = Claim("id-1");
  ASSERT_THAT(Pause(again, {.code = ErrorCode::kUnavailable, .message = "x"}), Succeeds());

  EXPECT_EQ(Take("id-1").error().retry_after, seconds{1});
}

TEST_F(TokenClaimsTest, CountsRequestsAgainstTheQuotaOfTheClientId) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());
  ASSERT_THAT(Create(ANewAccount(3), "id-3"), Succeeds());
  for (int i = 0; i < kQuota; ++i) {
    ASSERT_THAT(Keep(Claim(i % 2 == 0 ? "id-1" : "id-2"), "short", seconds{60}), Succeeds());
    clock_.Advance(minutes{1});
  }

  const auto spent = Take("id-2");
  const auto other_client = Take("id-3");
  clock_.Advance(kLimits.window() - minutes{kQuota});
  const auto later = Take("id-1");

  ASSERT_THAT(spent, FailsWith(ErrorCode::kThrottled));
  EXPECT_EQ(spent.error().retry_after, kLimits.window() - minutes{kQuota});
  EXPECT_EQ(Shown(other_client), "claim");
  EXPECT_EQ(Shown(later), "claim");
}

TEST_F(TokenClaimsTest, AClockThatIsSetBackHoldsUpNothing) {
  ASSERT_THAT(Create(ANewAccount(1), "asked"), Succeeds());
  ASSERT_THAT(Create(ANewAccount(2), "paused"), Succeeds());
  ASSERT_THAT(Create(ANewAccount(3), "spent"), Succeeds());
  Claim("asked");
  ASSERT_THAT(Pause(Claim("paused"), {.code = ErrorCode::kUnavailable, .message = "x"}), Succeeds());
  for (int i = 0; i < kQuota; ++i) ASSERT_THAT(Keep(Claim("spent"), "none", seconds{0}), Succeeds());
  ASSERT_THAT(Take("spent"), FailsWith(ErrorCode::kThrottled));

  clock_.StepWall(-std::chrono::hours{24});

  EXPECT_EQ(Shown(Take("asked")), "claim");
  EXPECT_EQ(Shown(Take("paused")), "claim");
  EXPECT_EQ(Shown(Take("spent")), "claim");
}

TEST_F(TokenClaimsTest, ARefusalMarksEveryAccountOfTheClientId) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());
  ASSERT_THAT(Create(ANewAccount(3), "id-3"), Succeeds());
  ASSERT_THAT(Disable("id-2"), Succeeds());

  ASSERT_THAT(Refuse(Claim("id-1"), "Wrong secret."), Succeeds());

  EXPECT_THAT(Announced(),
              UnorderedElementsAre("id-1 v1 enabled g1", "id-2 v1 enabled g1", "id-3 v1 enabled g1",
                                   "id-2 v2 disabled g1", "id-1 v2 needs_new_credentials g1", "id-2 v3 disabled g1"));
  const auto refused = Take("id-1");
  ASSERT_THAT(refused, FailsWith(ErrorCode::kUnauthenticated));
  EXPECT_THAT(refused.error().message, HasSubstr("Wrong secret."));
  EXPECT_EQ(Shown(Take("id-3")), "claim");
}

TEST_F(TokenClaimsTest, AnAccountThatJoinsRefusedCredentialsIsRefusedFromTheStart) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(Refuse(Claim("id-1"), "Wrong secret."), Succeeds());

  const auto joined = Create(ANewAccountSharing(2, 1), "id-2");

  EXPECT_EQ(joined.value().account.state(), events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS);
  EXPECT_THAT(Take("id-2"), FailsWith(ErrorCode::kUnauthenticated));
}

TEST_F(TokenClaimsTest, NewCredentialsEndARefusalForAllAccounts) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());
  ASSERT_THAT(Refuse(Claim("id-1"), "Wrong secret."), Succeeds());

  ASSERT_THAT(Replace("id-2", "boutique-client-1", "right"), Succeeds());

  EXPECT_EQ(StateOf("id-1"), events::v1::ACCOUNT_STATE_ENABLED);
  EXPECT_EQ(StateOf("id-2"), events::v1::ACCOUNT_STATE_ENABLED);
  EXPECT_EQ(Shown(Take("id-1")), "claim");
}

TEST_F(TokenClaimsTest, ADisabledAccountTakesNothing) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(Keep(Claim("id-1")), Succeeds());
  ASSERT_THAT(Disable("id-1"), Succeeds());

  EXPECT_THAT(Take("id-1"), FailsWith(ErrorCode::kConflict));
  ASSERT_THAT(Enable("id-1"), Succeeds());
  EXPECT_EQ(Shown(Take("id-1")), "token-one");
}

TEST_F(TokenClaimsTest, ATokenThatDoesNotOpenIsAsGoodAsNone) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(Keep(Claim("id-1")), Succeeds());
  database_->NewSession()->Execute("UPDATE client SET sealed_token = 'broken'");

  EXPECT_EQ(Shown(Take("id-1")), "claim");
}

TEST_F(TokenClaimsTest, OfManyConcurrentTakersOneGetsTheClaim) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  const auto take = [&](store::Transaction& transaction) {
    return TakeToken(transaction, box_, kLimits, AccountId{"id-1"}, {});
  };
  std::map<std::string, int> got;
  for (int i = 0; i < 20; ++i) {
    Start(database_->Run(take), [&](const Result<TokenAnswer>& answer) { ++got[Shown(answer)]; });
  }
  RunAll();

  EXPECT_EQ(got["claim"], 1);
  EXPECT_EQ(got["pending"], 19);
}

}  // namespace
}  // namespace cdiscount::auth
