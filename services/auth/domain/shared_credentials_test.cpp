#include "domain/shared_credentials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/result_matchers.hpp"

namespace cdiscount::auth {
namespace {

using fakes::FailsWith;
using ::testing::HasSubstr;

const Credentials kGiven{ClientId{"claire-shop-1"}, Secret{"s3cret"}};
const Credentials kOther{ClientId{"claire-shop-1"}, Secret{"0lder"}};

TEST(SharedCredentials, FollowTheirTable) {
  EXPECT_EQ(PlanCredentials(std::nullopt, kGiven, false).value(), CredentialsStep::kAdd);
  EXPECT_EQ(PlanCredentials(SharedCredentials{.credentials = kGiven}, kGiven, false).value(), CredentialsStep::kJoin);
  EXPECT_EQ(PlanCredentials(SharedCredentials{.credentials = kGiven}, kGiven, true).value(), CredentialsStep::kReplace);
  EXPECT_EQ(PlanCredentials(SharedCredentials{.credentials = kOther}, kGiven, true).value(), CredentialsStep::kReplace);
}

TEST(SharedCredentials, AreNotReplacedByAnAccountThatMerelyJoins) {
  const auto plan = PlanCredentials(SharedCredentials{kOther, "Boutique Claire"}, kGiven, false);

  ASSERT_THAT(plan, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(plan.error().field, "octopia.client_secret");
  EXPECT_THAT(plan.error().message, HasSubstr("account \"Boutique Claire\""));
}

}  // namespace
}  // namespace cdiscount::auth
