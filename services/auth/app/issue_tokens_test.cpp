#include "app/issue_tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/issue_tokens_test.hpp"

namespace cdiscount::auth {
namespace {

using fakes::FailsWith;
using fakes::IssueTokensTest;
using fakes::kAccount;
using fakes::kSharing;
using fakes::Succeeds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(IssueTokensTest, AsksOnceAndGivesTheHeldTokenAfterwards) {
  const auto first = Get();
  const auto second = Get();

  ASSERT_THAT(first, Succeeds());
  EXPECT_EQ(Value(second), Value(first));
  EXPECT_EQ(TokenRequests(), 1);
  EXPECT_EQ(metrics_.tokens_given[TokenSource::kNew].Value(), 1);
  EXPECT_EQ(metrics_.tokens_given[TokenSource::kHeld].Value(), 1);
  EXPECT_EQ(metrics_.token_requests[TokenRequestOutcome::kIssued].Value(), 1);
}

TEST_F(IssueTokensTest, SharesOneTokenAmongTheAccountsOfAClientId) {
  const auto one = Get(kAccount);
  const auto other = Get(kSharing);

  EXPECT_EQ(Value(one), Value(other));
  EXPECT_EQ(one->seller_id, SellerId{"98971"});
  EXPECT_EQ(other->seller_id, SellerId{"98972"});
  EXPECT_EQ(TokenRequests(), 1);
}

TEST_F(IssueTokensTest, RenewsEarlyAndFallsBackOnTheHeldTokenWhileTheRenewalFails) {
  const auto first = Get();
  clock_.Advance(minutes{116});
  FailNext(FaultKind::k500, "token");

  const auto while_failing = Get();
  clock_.Advance(seconds{2});
  const auto after = Get();

  EXPECT_EQ(Value(while_failing), Value(first));
  ASSERT_THAT(after, Succeeds());
  EXPECT_NE(Value(after), Value(first));
  EXPECT_EQ(TokenRequests(), 3);
}

TEST_F(IssueTokensTest, ATokenOfAShortLifeIsNotAskedForAllTheTime) {
  sim_->world().limits.token_lifetime = minutes{5};
  for (int step = 0; step < 720; ++step) {
    ASSERT_THAT(Get(), Succeeds());
    clock_.Advance(seconds{5});
  }

  EXPECT_LE(TokenRequests(), 14) << "the realm gives 500 an hour";
}

TEST_F(IssueTokensTest, SaysWhyWhenNothingIsHeldAndDoesNotHammer) {
  FailNext(FaultKind::k500, "token");

  const auto first = Get();
  const auto second = Get();

  ASSERT_THAT(first, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(first.error().message, HasSubstr("answered 500"));
  ASSERT_THAT(second, FailsWith(ErrorCode::kUnavailable));
  EXPECT_EQ(second.error().message, first.error().message);
  EXPECT_EQ(second.error().retry_after, seconds{1});
  EXPECT_EQ(TokenRequests(), 1);
  EXPECT_EQ(metrics_.tokens_not_given[ErrorCode::kUnavailable].Value(), 2);
  EXPECT_EQ(metrics_.token_requests[TokenRequestOutcome::kFailed].Value(), 1);
}

TEST_F(IssueTokensTest, ANetworkFailureLeavesTheAccountsAsTheyAre) {
  FailNext(FaultKind::kCutConnection, "token");

  EXPECT_THAT(Get(), FailsWith(ErrorCode::kUnavailable));

  EXPECT_THAT(Announced(), SizeIs(2));
}

TEST_F(IssueTokensTest, AThrottledRequestIsNotRepeatedBeforeItsTime) {
  FailNext(FaultKind::k429, "token", 300);
  EXPECT_THAT(Get(), FailsWith(ErrorCode::kThrottled));
  clock_.Advance(minutes{5} - seconds{1});

  const auto before = Get();
  clock_.Advance(seconds{1});
  const auto after = Get();

  ASSERT_THAT(before, FailsWith(ErrorCode::kThrottled));
  EXPECT_EQ(before.error().retry_after, seconds{1});
  EXPECT_THAT(after, Succeeds());
  EXPECT_EQ(metrics_.token_requests[TokenRequestOutcome::kThrottled].Value(), 1);
}

TEST_F(IssueTokensTest, RefusedCredentialsMarkEveryAccountOfTheClientIdAndAreNotTriedAgain) {
  SetSecret("another");

  const auto first = Get(kAccount);
  const auto second = Get(kSharing);
  clock_.Advance(minutes{60});
  const auto later = Get(kAccount);

  for (const auto* given : {&first, &second, &later}) {
    ASSERT_THAT(*given, FailsWith(ErrorCode::kUnauthenticated));
    EXPECT_THAT(given->error().message, AllOf(HasSubstr("Invalid client credentials"), HasSubstr("new credentials")));
  }
  EXPECT_EQ(TokenRequests(), 1);
  EXPECT_EQ(metrics_.token_requests[TokenRequestOutcome::kRefused].Value(), 1);
  EXPECT_THAT(Announced(), ElementsAre("id-1 v1 enabled g1", "id-2 v1 enabled g1", "id-1 v2 needs_new_credentials g1",
                                       "id-2 v2 needs_new_credentials g1"));
}

TEST_F(IssueTokensTest, NewCredentialsEndTheRefusal) {
  SetSecret("better");
  EXPECT_THAT(Get(), FailsWith(ErrorCode::kUnauthenticated));
  ASSERT_THAT(Replace("id-1", "boutique-client-1", "better"), Succeeds());

  const auto given = Get(kAccount);

  ASSERT_THAT(given, Succeeds());
  EXPECT_EQ(Value(Get(kSharing)), Value(given));
}

TEST_F(IssueTokensTest, ARefusalOfCredentialsThatWereReplacedMeanwhileMarksNothing) {
  SetSecret("better");
  gate_.Close();
  std::optional<Result<GivenToken>> given;
  Start(tokens_.Get(kAccount), [&](Result<GivenToken> token) { given = std::move(token); });
  RunUntil([&] { return gate_.waiting() == 1; });
  ASSERT_THAT(Replace("id-1", "boutique-client-1", "better"), Succeeds());

  gate_.Open();
  RunUntil([&] { return given.has_value(); });

  EXPECT_THAT(*given, Succeeds());
  EXPECT_EQ(TokenRequests(), 2);
  EXPECT_EQ(StateOf("id-1"), events::v1::ACCOUNT_STATE_ENABLED);
  EXPECT_EQ(StateOf("id-2"), events::v1::ACCOUNT_STATE_ENABLED);
}

TEST_F(IssueTokensTest, ARejectedTokenIsReplacedOnceHoweverManyReportIt) {
  const auto first = Get();
  clock_.Advance(minutes{1});

  const auto second = Get(kAccount, Rejects(first));

  ASSERT_THAT(second, Succeeds());
  EXPECT_NE(Value(second), Value(first));
  EXPECT_EQ(Value(Get(kSharing, Rejects(first))), Value(second));
  EXPECT_EQ(Value(Get(kAccount, Rejects(first))), Value(second));
  EXPECT_EQ(TokenRequests(), 2);
}

TEST_F(IssueTokensTest, ARejectedReplacementIsNotReplacedWithinAMinute) {
  const auto second = Get(kAccount, Rejects(Get()));

  const auto at_once = Get(kAccount, Rejects(second));
  clock_.Advance(kRejectedTokenPause);
  const auto later = Get(kAccount, Rejects(second));

  ASSERT_THAT(at_once, FailsWith(ErrorCode::kUnavailable));
  EXPECT_EQ(at_once.error().retry_after, kRejectedTokenPause);
  ASSERT_THAT(later, Succeeds());
  EXPECT_NE(Value(later), Value(second));
}

TEST_F(IssueTokensTest, ADisabledOrUnknownAccountGetsNone) {
  ASSERT_THAT(Disable("id-1"), Succeeds());

  EXPECT_THAT(Get(kAccount), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(Get(AccountId{"unknown"}), FailsWith(ErrorCode::kNotFound));
  EXPECT_EQ(TokenRequests(), 0);
}

TEST_F(IssueTokensTest, NeverAsksForMoreThanTheQuotaOfAnHour) {
  const TokenLimits limits{.per_hour = 3};
  IssueTokens tokens{*database_, box_, gate_, metrics_, clock_, [] { return 0.0; }, {.limits = limits}};
  sim_->world().limits.token_lifetime = minutes{2};

  Result<GivenToken> last = Error{};
  for (int i = 0; i < 4; ++i) {
    last = Run(tokens.Get(kAccount));
    clock_.Advance(minutes{2});
  }

  ASSERT_THAT(last, FailsWith(ErrorCode::kThrottled));
  EXPECT_EQ(last.error().retry_after, limits.window() - minutes{6});
  EXPECT_EQ(TokenRequests(), 3);
}

TEST_F(IssueTokensTest, SaysThatTheDatabaseIsAway) {
  faults_.FailStatement(1);

  EXPECT_THAT(Get(), FailsWith(ErrorCode::kUnavailable));
  EXPECT_EQ(TokenRequests(), 0);
}

TEST_F(IssueTokensTest, LogsNeitherTheSecretNorTheToken) {
  const auto given = Get();
  clock_.Advance(minutes{116});
  FailNext(FaultKind::k500, "token");
  Get().value();

  EXPECT_THAT(log_.lines(), ElementsAre(HasSubstr("\"token_issued\""), HasSubstr("\"token_request_failed\"")));
  EXPECT_THAT(log_.lines(),
              Each(AllOf(HasSubstr("boutique-client-1"), Not(HasSubstr("s3cret")), Not(HasSubstr(Value(given))))));
}

}  // namespace
}  // namespace cdiscount::auth
