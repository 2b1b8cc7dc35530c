#include "domain/connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/result_matchers.hpp"

namespace cdiscount::auth {
namespace {

using fakes::FailsWith;
using std::chrono::seconds;
using ::testing::HasSubstr;

Account AnAccount() {
  return Account{{.id = AccountId{"a-1"},
                  .name = "Boutique Claire",
                  .seller_id = SellerId{"98979"},
                  .sales_channel_id = ChannelId{"CDISFR"},
                  .client_id = ClientId{"claire-shop-1"}}};
}

using Judge = Result<ConnectionReport> (*)(const Account&, const Error&);

struct FailureCase {
  std::string title;
  Judge judge;
  ErrorCode code;
  v1::ConnectionOutcome outcome;
  std::string says;
};

TEST(Connection, TellsFromAFailureWhatIsWrongAndWhatToDo) {
  const std::vector<FailureCase> cases = {
      {"token refused", JudgeTokenFailure, ErrorCode::kUnauthenticated, v1::CONNECTION_OUTCOME_WRONG_SECRET,
       "refused the client secret of client id \"claire-shop-1\". Copy the client id and the secret again"},
      {"token quota", JudgeTokenFailure, ErrorCode::kThrottled, v1::CONNECTION_OUTCOME_QUOTA_SPENT,
       "token quota of this client id is used up"},
      {"no token service", JudgeTokenFailure, ErrorCode::kUnavailable, v1::CONNECTION_OUTCOME_UNREACHABLE,
       "No token could be had from the marketplace: no route. The account stays"},
      {"slow token service", JudgeTokenFailure, ErrorCode::kDeadlineExceeded, v1::CONNECTION_OUTCOME_UNREACHABLE,
       "No token could be had"},
      {"odd token answer", JudgeTokenFailure, ErrorCode::kUnreadable, v1::CONNECTION_OUTCOME_UNREACHABLE,
       "cannot be understood"},
      {"token rejected", JudgeSellerFailure, ErrorCode::kUnauthenticated, v1::CONNECTION_OUTCOME_WRONG_SECRET,
       "rejected it twice"},
      {"not linked", JudgeSellerFailure, ErrorCode::kPermissionDenied, v1::CONNECTION_OUTCOME_NOT_LINKED,
       "may not act for seller 98979. Link it to the seller"},
      {"unknown seller", JudgeSellerFailure, ErrorCode::kNotFound, v1::CONNECTION_OUTCOME_UNKNOWN_SELLER,
       "knows no seller 98979"},
      {"call quota", JudgeSellerFailure, ErrorCode::kThrottled, v1::CONNECTION_OUTCOME_QUOTA_SPENT,
       "call quota of this client id is used up"},
      {"no marketplace", JudgeSellerFailure, ErrorCode::kUnavailable, v1::CONNECTION_OUTCOME_UNREACHABLE,
       "marketplace was not reached"},
      {"slow marketplace", JudgeSellerFailure, ErrorCode::kDeadlineExceeded, v1::CONNECTION_OUTCOME_UNREACHABLE,
       "marketplace was not reached"},
      {"a call that was given up", JudgeSellerFailure, ErrorCode::kCancelled, v1::CONNECTION_OUTCOME_UNREACHABLE,
       "marketplace was not reached"},
      {"an answer of another call", JudgeSellerFailure, ErrorCode::kInvalidArgument, v1::CONNECTION_OUTCOME_UNREACHABLE,
       "cannot be understood"},
      {"odd answer", JudgeSellerFailure, ErrorCode::kUnreadable, v1::CONNECTION_OUTCOME_UNREACHABLE,
       "cannot be understood"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.title);
    const auto report = c.judge(AnAccount(), {.code = c.code, .message = "no route"});
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->outcome(), c.outcome);
    EXPECT_THAT(report->explanation(), HasSubstr(c.says));
  }
}

TEST(Connection, GivesErrorsBackThatSayNothingAboutTheConnection) {
  for (const auto code : {ErrorCode::kInternal, ErrorCode::kCancelled, ErrorCode::kConflict}) {
    EXPECT_THAT(JudgeTokenFailure(AnAccount(), {.code = code, .message = "x"}), FailsWith(code));
  }
  EXPECT_THAT(JudgeSellerFailure(AnAccount(), {.message = "x"}), FailsWith(ErrorCode::kInternal));
}

TEST(Connection, SaysHowLongAQuotaStaysSpent) {
  const Error error{.code = ErrorCode::kThrottled, .message = "Out of call volume quota.", .retry_after = seconds{695}};

  const auto report = JudgeSellerFailure(AnAccount(), error);

  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->retry_after_seconds(), 695);
  EXPECT_THAT(report->explanation(), HasSubstr("Try again in 695 s"));
}

struct SellerCase {
  std::string title;
  SellerFacts seller;
  v1::ConnectionOutcome outcome;
  std::string says;
};

TEST(Connection, TellsFromTheSellersStateWhetherItIsActive) {
  const std::vector<SellerCase> cases = {
      {"active",
       {"Claire", "Activated", "ActiveSeller", "Finished", true},
       v1::CONNECTION_OUTCOME_CONNECTED,
       "may act for seller 98979 (\"Claire\")."},
      {"only the state is known", {.state = "Activated"}, v1::CONNECTION_OUTCOME_CONNECTED, "Connected"},
      {"unknown sub-state",
       {.state = "Activated", .sub_state = "Sleepy"},
       v1::CONNECTION_OUTCOME_CONNECTED,
       "Connected"},
      {"orders wait",
       {.state = "Activated", .auto_accept_orders = false},
       v1::CONNECTION_OUTCOME_CONNECTED,
       "New orders wait for acceptance"},
      {"subscribing",
       {.state = "Activated", .subscription_step = "BankReferences"},
       v1::CONNECTION_OUTCOME_CONNECTED,
       "not finished yet (step \"BankReferences\")"},
      {"holiday",
       {.state = "Activated", .sub_state = "Holidays"},
       v1::CONNECTION_OUTCOME_SELLER_NOT_ACTIVE,
       "is on holiday"},
      {"banned",
       {.state = "Activated", .sub_state = "BannedSeller"},
       v1::CONNECTION_OUTCOME_SELLER_NOT_ACTIVE,
       "has banned seller 98979"},
      {"deactivated", {.state = "Deactivated"}, v1::CONNECTION_OUTCOME_SELLER_NOT_ACTIVE, "is deactivated"},
      {"on notice",
       {.state = "PutOnNotice", .sub_state = "ActiveSeller"},
       v1::CONNECTION_OUTCOME_SELLER_NOT_ACTIVE,
       "on notice"},
      {"unknown state",
       {.state = "Frozen"},
       v1::CONNECTION_OUTCOME_SELLER_NOT_ACTIVE,
       "as \"Frozen\", not \"Activated\""},
      {"no state", {}, v1::CONNECTION_OUTCOME_SELLER_NOT_ACTIVE, "as \"\""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.title);
    const auto report = JudgeSeller(AnAccount(), c.seller);
    EXPECT_EQ(report.outcome(), c.outcome);
    EXPECT_THAT(report.explanation(), HasSubstr(c.says));
    EXPECT_EQ(report.seller_state(), c.seller.state);
  }
}

TEST(Connection, RepeatsAnEarlierRefusalWithoutAsking) {
  const auto refused = AnAccount().Refused("The marketplace refused the credentials.", SysTime{});

  const auto report = JudgeRefusedBefore(refused);

  EXPECT_EQ(report.outcome(), v1::CONNECTION_OUTCOME_WRONG_SECRET);
  EXPECT_THAT(report.explanation(), AllOf(HasSubstr("refused the credentials"), HasSubstr("new credentials")));
}

}  // namespace
}  // namespace cdiscount::auth
