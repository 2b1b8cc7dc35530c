#include "app/count_accounts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/auth_test.hpp"

namespace cdiscount::auth {
namespace {

using fakes::ANewAccount;
using fakes::Succeeds;
using std::chrono::minutes;
using ::testing::HasSubstr;

class CountAccountsTest : public fakes::AuthTest {};

TEST_F(CountAccountsTest, SetsTheStatesAndTheEndOfTheFirstTokenThatEnds) {
  telemetry::Metrics all{"auth"};
  Metrics metrics{all};
  for (int n = 1; n <= 3; ++n) ASSERT_THAT(Create(ANewAccount(n), "id-" + std::to_string(n)), Succeeds());
  ASSERT_THAT(Keep(Claim("id-1"), "one", minutes{20}), Succeeds());
  ASSERT_THAT(Keep(Claim("id-2"), "two", minutes{10}), Succeeds());
  ASSERT_THAT(Disable("id-3"), Succeeds());
  clock_.Advance(minutes{1});

  ASSERT_THAT(Run(CountAccounts(*database_, metrics)), Succeeds());

  const auto text = all.Render();
  EXPECT_THAT(text, HasSubstr("auth_accounts{state=\"enabled\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("auth_accounts{state=\"disabled\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("auth_accounts{state=\"needs_new_credentials\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("auth_token_expiry_timestamp_seconds 1790000600\n"));
}

}  // namespace
}  // namespace cdiscount::auth
