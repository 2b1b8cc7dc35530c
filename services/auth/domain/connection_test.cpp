#include "domain/connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/result_matchers.hpp"

namespace cdiscount::auth {
namespace {

using fakes::FailsWith;
using std::chrono::seconds;
using ::testing::HasSubstr;
using enum ConnectionOutcome;

Account AnAccount() {
  return Account{{.id = AccountId{"a-1"},
                  .name = "Boutique Claire",
                  .seller_id = SellerId{"98979"},
                  .sales_channel_id = SalesChannelId{"CDISFR"},
                  .client_id = ClientId{"claire-shop-1"}}};
}

using Judge = Result<ConnectionReport> (*)(const Account&, const Error&);

struct FailureCase {
  std::string title;
  Judge judge;
  ErrorCode code;
  ConnectionOutcome outcome;
  std::string says;
};

TEST(Connection, TellsFromAFailureWhatIsWrongAndWhatToDo) {
  const std::vector<FailureCase> cases = {
      {"token refused", JudgeTokenFailure, ErrorCode::kUnauthenticated, kWrongSecret,
       "refused the client secret of client id \"claire-shop-1\". Copy the client id and the secret again"},
      {"token quota", JudgeTokenFailure, ErrorCode::kThrottled, kQuotaSpent,
       "token quota of this client id is used up"},
      {"no token service", JudgeTokenFailure, ErrorCode::kUnavailable, kUnreachable,
       "No token could be had from the marketplace: no route. The account stays"},
      {"slow token service", JudgeTokenFailure, ErrorCode::kDeadlineExceeded, kUnreachable, "No token could be had"},
      {"odd token answer", JudgeTokenFailure, ErrorCode::kUnreadable, kUnreachable, "cannot be understood"},
      {"token rejected", JudgeSellerFailure, ErrorCode::kUnauthenticated, kWrongSecret, "rejected it twice"},
      {"not linked", JudgeSellerFailure, ErrorCode::kPermissionDenied, kNotLinked,
       "may not act for seller 98979. Link it to the seller"},
      {"unknown seller", JudgeSellerFailure, ErrorCode::kNotFound, kUnknownSeller, "knows no seller 98979"},
      {"call quota", JudgeSellerFailure, ErrorCode::kThrottled, kQuotaSpent, "call quota of this client id is used up"},
      {"no marketplace", JudgeSellerFailure, ErrorCode::kUnavailable, kUnreachable, "marketplace was not reached"},
      {"slow marketplace", JudgeSellerFailure, ErrorCode::kDeadlineExceeded, kUnreachable,
       "marketplace was not reached"},
      {"odd answer", JudgeSellerFailure, ErrorCode::kUnreadable, kUnreachable, "cannot be understood"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.title);
    const auto report = c.judge(AnAccount(), {.code = c.code, .message = "no route"});
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->outcome, c.outcome);
    EXPECT_THAT(report->explanation, HasSubstr(c.says));
  }
}

TEST(Connection, GivesErrorsBackThatSayNothingAboutTheConnection) {
  for (const auto judge : {Judge{JudgeTokenFailure}, Judge{JudgeSellerFailure}}) {
    for (const auto code : {ErrorCode::kInternal, ErrorCode::kCancelled, ErrorCode::kConflict}) {
      EXPECT_THAT(judge(AnAccount(), {.code = code, .message = "x"}), FailsWith(code));
    }
  }
}

TEST(Connection, SaysHowLongAQuotaStaysSpent) {
  const Error error{.code = ErrorCode::kThrottled, .message = "Out of call volume quota.", .retry_after = seconds{695}};

  const auto report = JudgeSellerFailure(AnAccount(), error);

  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->retry_after, seconds{695});
  EXPECT_THAT(report->explanation, HasSubstr("Try again in 695 s"));
}

struct SellerCase {
  std::string title;
  SellerFacts seller;
  ConnectionOutcome outcome;
  std::string says;
};

TEST(Connection, TellsFromTheSellersStateWhetherItIsActive) {
  const std::vector<SellerCase> cases = {
      {"active",
       {"Claire", "Activated", "ActiveSeller", "Finished", true},
       kConnected,
       "may act for seller 98979 (\"Claire\")."},
      {"only the state is known", {.state = "Activated"}, kConnected, "Connected"},
      {"unknown sub-state", {.state = "Activated", .sub_state = "Sleepy"}, kConnected, "Connected"},
      {"orders wait",
       {.state = "Activated", .auto_accept_orders = false},
       kConnected,
       "New orders wait for acceptance"},
      {"subscribing",
       {.state = "Activated", .subscription_step = "BankReferences"},
       kConnected,
       "not finished yet (step \"BankReferences\")"},
      {"holiday", {.state = "Activated", .sub_state = "Holidays"}, kSellerNotActive, "is on holiday"},
      {"banned", {.state = "Activated", .sub_state = "BannedSeller"}, kSellerNotActive, "has banned seller 98979"},
      {"deactivated", {.state = "Deactivated"}, kSellerNotActive, "is deactivated"},
      {"on notice", {.state = "PutOnNotice", .sub_state = "ActiveSeller"}, kSellerNotActive, "on notice"},
      {"unknown state", {.state = "Frozen"}, kSellerNotActive, "as \"Frozen\", not \"Activated\""},
      {"no state", {}, kSellerNotActive, "as \"\""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.title);
    const auto report = JudgeSeller(AnAccount(), c.seller);
    EXPECT_EQ(report.outcome, c.outcome);
    EXPECT_THAT(report.explanation, HasSubstr(c.says));
    EXPECT_EQ(report.seller.state, c.seller.state);
  }
}

TEST(Connection, RepeatsAnEarlierRefusalWithoutAsking) {
  const auto refused = AnAccount().Refused("The marketplace refused the credentials.", SysTime{});

  const auto report = JudgeRefusedBefore(refused);

  EXPECT_EQ(report.outcome, kWrongSecret);
  EXPECT_THAT(report.explanation, AllOf(HasSubstr("refused the credentials"), HasSubstr("new credentials")));
}

}  // namespace
}  // namespace cdiscount::auth
