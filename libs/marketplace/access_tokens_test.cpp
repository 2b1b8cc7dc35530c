#include "marketplace/access_tokens.hpp"

#include <gmock/gmock.h>

#include <map>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "marketplace/testing/fake_api.hpp"

namespace cdiscount::marketplace {
namespace {

using fakes::FailsWith;
using fakes::RunTask;
using ::testing::ElementsAre;

class CallWithTokenTest : public ::testing::Test {
 protected:
  CallWithTokenTest() { tokens_.get.ThenReturns(old_); }

  /// A call that the marketplace answers as `answers_` says for the token it is made with.
  Result<int> Call() {
    return RunTask(CallWithToken(tokens_, owner_, [this](const Secret& token) { return Answer(token); }));
  }
  Task<Result<int>> Answer(Secret token) {
    tried_.push_back(token.Reveal());
    co_return answers_.at(token.Reveal());
  }

  const AccessToken old_ = AccessToken::Of(Secret("old"));
  const AccessToken new_ = AccessToken::Of(Secret("new"));
  const SellerRef owner_{.account = AccountId{"account-1"}, .generation = 3};
  fakes::FakeAccessTokens tokens_;
  std::map<std::string, Result<int>> answers_ = {{"old", Error{ErrorCode::kUnauthenticated, "token refused"}},
                                                 {"new", 7}};
  std::vector<std::string> tried_;
};

TEST_F(CallWithTokenTest, UsesTheTokenThatIsThere) {
  answers_["old"] = 5;

  EXPECT_EQ(Call().value(), 5);

  EXPECT_THAT(tokens_.accounts, ElementsAre("account-1"));
}

TEST_F(CallWithTokenTest, RenewsARefusedTokenOnceAndCallsOnceMore) {
  tokens_.renew.ThenReturns(new_);

  EXPECT_EQ(Call().value(), 7);

  EXPECT_THAT(tried_, ElementsAre("old", "new"));
  EXPECT_THAT(tokens_.rejected, ElementsAre(old_.fingerprint));
}

TEST_F(CallWithTokenTest, GivesUpWhenTheNewTokenIsRefusedToo) {
  tokens_.renew.ThenReturns(new_);
  answers_.at("new") = Error{ErrorCode::kUnauthenticated, "refused again"};

  const auto result = Call();

  ASSERT_THAT(result, FailsWith(ErrorCode::kUnauthenticated));
  EXPECT_EQ(result.error().message, "refused again");
  EXPECT_THAT(tried_, ElementsAre("old", "new"));
}

TEST_F(CallWithTokenTest, DoesNotTryTheSameTokenTwice) {
  tokens_.renew.ThenReturns(old_);

  EXPECT_THAT(Call(), FailsWith(ErrorCode::kUnauthenticated));

  EXPECT_THAT(tried_, ElementsAre("old"));
}

TEST_F(CallWithTokenTest, TellsWhyThereIsNoOtherToken) {
  tokens_.renew.ThenFails({ErrorCode::kUnavailable, "auth is away"});

  EXPECT_THAT(Call(), FailsWith(ErrorCode::kUnavailable));
}

TEST_F(CallWithTokenTest, RenewsNothingForAnotherError) {
  answers_.at("old") = Error{ErrorCode::kPermissionDenied, "not linked"};

  EXPECT_THAT(Call(), FailsWith(ErrorCode::kPermissionDenied));

  EXPECT_TRUE(tokens_.rejected.empty());
}

TEST(AccessToken, HasAFingerprintThatDoesNotShowIt) {
  const auto token = AccessToken::Of(Secret("abc"));

  EXPECT_EQ(token.fingerprint, "ba7816bf8f01cfea");  // SHA-256 of "abc": FIPS 180-2, appendix B.1
}

}  // namespace
}  // namespace cdiscount::marketplace
