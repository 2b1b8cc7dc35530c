#include "app/verify_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/marketplace.hpp"

namespace cdiscount::auth {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using std::chrono::seconds;
using ::testing::HasSubstr;

class VerifyConnectionTest : public fakes::MarketplaceTest {
 protected:
  VerifyConnectionTest() { Create(fakes::ANewAccount(), "id-1").value(); }

  Result<ConnectionReport> Verify(const std::string& account = "id-1") {
    return Run(verify_.Verify(AccountRef{account}));
  }
  std::ptrdiff_t SellerCalls() { return Calls("/sellers"); }

  VerifyConnection verify_{*database_, tokens_, sellers_, metrics_};
};

TEST_F(VerifyConnectionTest, ReportsAConnectedSeller) {
  const auto report = Verify();

  ASSERT_THAT(report, Succeeds());
  EXPECT_EQ(report->outcome(), v1::CONNECTION_OUTCOME_CONNECTED);
  EXPECT_EQ(report->shop_name(), "Boutique");
  EXPECT_EQ(report->seller_state(), "Activated");
  EXPECT_TRUE(report->auto_accept_orders());
  EXPECT_EQ(metrics_.connections_verified[v1::CONNECTION_OUTCOME_CONNECTED].Value(), 1);
}

TEST_F(VerifyConnectionTest, ReportsASellerThatIsNotActive) {
  auto& seller = *sim_->world().FindSeller(98971);
  seller.sub_state = "Holidays";
  EXPECT_EQ(Verify()->outcome(), v1::CONNECTION_OUTCOME_SELLER_NOT_ACTIVE);

  seller.state = "Deactivated";
  EXPECT_THAT(Verify()->explanation(), HasSubstr("is deactivated"));
}

TEST_F(VerifyConnectionTest, TriesTheCredentialsThemselvesButNotMoreThanOnceAMinute) {
  Run(tokens_.Get(AccountId{"id-1"})).value();
  clock_.Advance(seconds{61});

  ASSERT_THAT(Verify(), Succeeds());
  ASSERT_THAT(Verify(), Succeeds());

  EXPECT_EQ(TokenRequests(), 2);
  EXPECT_EQ(SellerCalls(), 2);
}

TEST_F(VerifyConnectionTest, AWrongSecretIsReportedMarkedAndNotTriedAgain) {
  SetSecret("another");

  const auto first = Verify();
  const auto second = Verify();

  for (const auto* report : {&first, &second}) {
    ASSERT_THAT(*report, Succeeds());
    EXPECT_EQ((*report)->outcome(), v1::CONNECTION_OUTCOME_WRONG_SECRET);
    EXPECT_THAT((*report)->explanation(), HasSubstr("boutique-client-1"));
  }
  EXPECT_EQ(StateOf("id-1"), events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS);
  EXPECT_EQ(TokenRequests(), 1);
  EXPECT_EQ(SellerCalls(), 0);
}

TEST_F(VerifyConnectionTest, AnUnreachableMarketplaceLeavesTheAccountEnabled) {
  FailNext(FaultKind::k500, "token");

  const auto report = Verify();

  ASSERT_THAT(report, Succeeds());
  EXPECT_EQ(report->outcome(), v1::CONNECTION_OUTCOME_UNREACHABLE);
  EXPECT_THAT(report->explanation(), HasSubstr("answered 500"));
  EXPECT_EQ(StateOf("id-1"), events::v1::ACCOUNT_STATE_ENABLED);
}

TEST_F(VerifyConnectionTest, AnUnreachableTokenServiceIsNotHiddenByAnOldToken) {
  Run(tokens_.Get(AccountId{"id-1"})).value();
  clock_.Advance(seconds{61});
  FailNext(FaultKind::kCutConnection, "token");

  EXPECT_EQ(Verify()->outcome(), v1::CONNECTION_OUTCOME_UNREACHABLE);
}

TEST_F(VerifyConnectionTest, TellsASellerThatIsNotLinkedFromOneThatDoesNotExist) {
  sim_->world().credentials().Find("boutique-client-1")->sellers.erase(98971);
  ASSERT_THAT(Create(fakes::ANewAccountSharing(7, 1), "id-7"), Succeeds());

  EXPECT_EQ(Verify()->outcome(), v1::CONNECTION_OUTCOME_NOT_LINKED);
  EXPECT_EQ(Verify("id-7")->outcome(), v1::CONNECTION_OUTCOME_UNKNOWN_SELLER);
  EXPECT_EQ(StateOf("id-1"), events::v1::ACCOUNT_STATE_ENABLED);
}

TEST_F(VerifyConnectionTest, AnythingElseThatTheSellerCallAnswersIsAReport) {
  FailNext(FaultKind::kQuota403, "sellers.get", 695);
  const auto spent = Verify();
  FailNext(FaultKind::k502Html, "sellers.get");
  const auto away = Verify();
  FailNext(FaultKind::kMalformedJson, "sellers.get");
  const auto odd = Verify();

  EXPECT_EQ(spent->outcome(), v1::CONNECTION_OUTCOME_QUOTA_SPENT);
  EXPECT_EQ(spent->retry_after_seconds(), 695);
  EXPECT_EQ(away->outcome(), v1::CONNECTION_OUTCOME_UNREACHABLE);
  EXPECT_EQ(odd->outcome(), v1::CONNECTION_OUTCOME_UNREACHABLE);
  EXPECT_THAT(odd->explanation(), HasSubstr("cannot be understood"));
}

TEST_F(VerifyConnectionTest, ARejectedTokenIsReplacedOnceAndTriedAgain) {
  FailNext(FaultKind::k401Once, "sellers.get");

  EXPECT_EQ(Verify()->outcome(), v1::CONNECTION_OUTCOME_CONNECTED);
  EXPECT_EQ(TokenRequests(), 2);
  EXPECT_EQ(SellerCalls(), 2);
}

TEST_F(VerifyConnectionTest, ASecondRejectionIsReportedAndLeavesTheAccountEnabled) {
  FailNext(FaultKind::k401Once, "sellers.get");
  FailNext(FaultKind::k401Once, "sellers.get");

  const auto report = Verify();

  EXPECT_EQ(report->outcome(), v1::CONNECTION_OUTCOME_WRONG_SECRET);
  EXPECT_EQ(TokenRequests(), 2);
  EXPECT_EQ(StateOf("id-1"), events::v1::ACCOUNT_STATE_ENABLED);
}

TEST_F(VerifyConnectionTest, MakesNoCallForADisabledAccount) {
  ASSERT_THAT(Disable("id-1"), Succeeds());

  const auto report = Verify();

  ASSERT_THAT(report, FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(report.error().message, HasSubstr("is disabled"));
  EXPECT_EQ(TokenRequests(), 0);
}

TEST_F(VerifyConnectionTest, KnowsNoAccountOfThatName) {
  EXPECT_THAT(Verify("unknown"), FailsWith(ErrorCode::kNotFound));
  EXPECT_EQ(TokenRequests(), 0);
}

}  // namespace
}  // namespace cdiscount::auth
