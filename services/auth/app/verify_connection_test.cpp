#include "app/verify_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using enum ConnectionOutcome;

const AccountRef kAccount{"id-1"};

class VerifyConnectionTest : public ::testing::Test {
 protected:
  VerifyConnectionTest() { RunTask(store_.Create(fakes::ANewAccount(), AccountId{"id-1"})).value(); }

  Result<ConnectionReport> Verify() { return RunTask(verify_.Verify(kAccount)); }
  AccountState State() { return RunTask(store_.Find(kAccount)).value().account.state(); }

  cdiscount::fakes::FakeClock clock_;
  fakes::InMemoryAuthStore store_{clock_};
  fakes::FakeTokenIssuer issuer_;
  fakes::FakeSellerProbe sellers_;
  fakes::CountingObserver observer_;
  TokenCache tokens_{store_, issuer_, observer_, clock_, [] { return 0.0; }};
  VerifyConnection verify_{store_, tokens_, sellers_, observer_};
};

TEST_F(VerifyConnectionTest, ReportsAConnectedSeller) {
  const auto report = Verify();

  ASSERT_THAT(report, Succeeds());
  EXPECT_EQ(report->outcome, kConnected);
  EXPECT_EQ(report->seller.shop_name, "Boutique");
  EXPECT_THAT(observer_.outcomes, ElementsAre(kConnected));
}

TEST_F(VerifyConnectionTest, TriesTheCredentialsThemselvesButNotMoreThanOnceAMinute) {
  RunTask(tokens_.Get(AccountId{"id-1"})).value();
  clock_.Advance(seconds{61});

  ASSERT_THAT(Verify(), Succeeds());
  ASSERT_THAT(Verify(), Succeeds());

  EXPECT_THAT(sellers_.asked_with, ElementsAre("token-2", "token-2"));
}

TEST_F(VerifyConnectionTest, AWrongSecretIsReportedMarkedAndNotTriedAgain) {
  issuer_.ThenFails({.code = ErrorCode::kUnauthenticated, .message = "Invalid client secret."});

  const auto first = Verify();
  const auto second = Verify();

  for (const auto* report : {&first, &second}) {
    ASSERT_THAT(*report, Succeeds());
    EXPECT_EQ((*report)->outcome, kWrongSecret);
    EXPECT_THAT((*report)->explanation, HasSubstr("boutique-client-1"));
  }
  EXPECT_EQ(State(), AccountState::kNeedsNewCredentials);
  EXPECT_THAT(issuer_.asked, SizeIs(1));
  EXPECT_THAT(sellers_.asked_with, IsEmpty());
}

TEST_F(VerifyConnectionTest, AnUnreachableMarketplaceLeavesTheAccountEnabled) {
  issuer_.ThenFails({.code = ErrorCode::kUnavailable, .message = "certificate refused."});

  const auto report = Verify();

  ASSERT_THAT(report, Succeeds());
  EXPECT_EQ(report->outcome, kUnreachable);
  EXPECT_THAT(report->explanation, HasSubstr("certificate refused."));
  EXPECT_EQ(State(), AccountState::kEnabled);
}

TEST_F(VerifyConnectionTest, AnUnreachableTokenServiceIsNotHiddenByAnOldToken) {
  RunTask(tokens_.Get(AccountId{"id-1"})).value();
  clock_.Advance(seconds{61});
  issuer_.ThenFails({.code = ErrorCode::kUnavailable, .message = "no route."});

  EXPECT_EQ(Verify().value().outcome, kUnreachable);
}

TEST_F(VerifyConnectionTest, EverythingTheSellerCallCanAnswerIsAReport) {
  struct Case {
    ErrorCode code;
    ConnectionOutcome outcome;
  };
  for (const auto& c : std::vector<Case>{{ErrorCode::kPermissionDenied, kNotLinked},
                                         {ErrorCode::kNotFound, kUnknownSeller},
                                         {ErrorCode::kThrottled, kQuotaSpent},
                                         {ErrorCode::kUnavailable, kUnreachable}}) {
    sellers_.ThenFails({.code = c.code, .message = "x"});
    EXPECT_EQ(Verify().value().outcome, c.outcome);
  }
  EXPECT_EQ(State(), AccountState::kEnabled);
}

TEST_F(VerifyConnectionTest, ARejectedTokenIsReplacedOnceAndTriedAgain) {
  sellers_.ThenFails({.code = ErrorCode::kUnauthenticated, .message = "401"});

  EXPECT_EQ(Verify().value().outcome, kConnected);
  EXPECT_THAT(sellers_.asked_with, ElementsAre("token-1", "token-2"));
}

TEST_F(VerifyConnectionTest, ASecondRejectionIsReportedAndLeavesTheAccountEnabled) {
  sellers_.ThenFails({.code = ErrorCode::kUnauthenticated, .message = "401"});
  sellers_.ThenFails({.code = ErrorCode::kUnauthenticated, .message = "401"});

  const auto report = Verify();

  EXPECT_EQ(report.value().outcome, kWrongSecret);
  EXPECT_THAT(issuer_.asked, SizeIs(2));
  EXPECT_EQ(State(), AccountState::kEnabled);
}

TEST_F(VerifyConnectionTest, MakesNoCallForADisabledAccount) {
  RunTask(store_.Disable(kAccount)).value();

  const auto report = Verify();

  ASSERT_THAT(report, FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(report.error().message, HasSubstr("is disabled"));
  EXPECT_THAT(issuer_.asked, IsEmpty());
}

TEST_F(VerifyConnectionTest, KnowsNoAccountOfThatName) {
  EXPECT_THAT(RunTask(verify_.Verify(AccountRef{"nobody"})), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(observer_.outcomes, IsEmpty());
}

}  // namespace
}  // namespace cdiscount::auth
