#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/octopia_seller_probe.hpp"
#include "adapters/octopia_token_issuer.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "crypto/digest.hpp"
#include "marketplace/testing/fake_api.hpp"
#include "telemetry/testing/captured_log.hpp"

namespace cdiscount::auth {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const Credentials kCredentials{ClientId{"boutique-client-1"}, Secret{"s3cret"}};

class OctopiaTokenIssuerTest : public ::testing::Test {
 protected:
  cdiscount::fakes::CapturedLog log_;
  cdiscount::fakes::FakeTokenApi api_;
  OctopiaTokenIssuer issuer_{api_};
};

TEST_F(OctopiaTokenIssuerTest, GivesTheTokenWithItsFingerprintAndLifetime) {
  api_.ThenReturns({.token = Secret{"the-token"}, .expires_in = seconds{7200}});

  const auto issued = RunTask(issuer_.Issue(kCredentials));

  ASSERT_THAT(issued, Succeeds());
  EXPECT_EQ(issued->value, Secret{"the-token"});
  EXPECT_EQ(issued->fingerprint, crypto::TokenFingerprint(Secret{"the-token"}));
  EXPECT_EQ(issued->lifetime, seconds{7200});
}

TEST_F(OctopiaTokenIssuerTest, TellsARefusalFromEverythingElse) {
  struct Case {
    ErrorCode answered;
    ErrorCode given;
  };
  const std::vector<Case> cases = {{ErrorCode::kUnauthenticated, ErrorCode::kUnauthenticated},
                                   {ErrorCode::kThrottled, ErrorCode::kThrottled},
                                   {ErrorCode::kUnavailable, ErrorCode::kUnavailable},
                                   {ErrorCode::kDeadlineExceeded, ErrorCode::kDeadlineExceeded},
                                   {ErrorCode::kUnreadable, ErrorCode::kUnreadable},
                                   {ErrorCode::kInvalidArgument, ErrorCode::kUnreadable},
                                   {ErrorCode::kPermissionDenied, ErrorCode::kUnreadable},
                                   {ErrorCode::kNotFound, ErrorCode::kUnreadable},
                                   {ErrorCode::kCancelled, ErrorCode::kUnavailable}};
  for (const auto& c : cases) {
    api_.ThenFails({.code = c.answered, .message = "x"});
    EXPECT_THAT(RunTask(issuer_.Issue(kCredentials)), FailsWith(c.given)) << ToString(c.answered);
  }
}

TEST_F(OctopiaTokenIssuerTest, LogsNeitherTheSecretNorTheToken) {
  api_.ThenReturns({.token = Secret{"the-token"}, .expires_in = seconds{7200}});
  api_.ThenFails({.code = ErrorCode::kUnavailable, .message = "no route"});

  ASSERT_THAT(RunTask(issuer_.Issue(kCredentials)), Succeeds());
  ASSERT_THAT(RunTask(issuer_.Issue(kCredentials)), FailsWith(ErrorCode::kUnavailable));

  ASSERT_THAT(log_.lines(), SizeIs(2));
  for (const auto& line : log_.lines()) {
    EXPECT_THAT(line, HasSubstr("boutique-client-1"));
    EXPECT_THAT(line, AllOf(Not(HasSubstr("s3cret")), Not(HasSubstr("the-token"))));
  }
}

class OctopiaSellerProbeTest : public ::testing::Test {
 protected:
  cdiscount::fakes::FakeSellerApi api_;
  OctopiaSellerProbe probe_{api_};
  GivenToken token_{{Secret{"the-token"}, {}}, SellerId{"98979"}, SalesChannelId{"CDISFR"}};
};

TEST_F(OctopiaSellerProbeTest, AsksForTheSellerWithItsToken) {
  marketplace::SellerDto seller;
  seller.shop_name = "Claire";
  seller.seller_state = "Activated";
  seller.seller_sub_state = "Holidays";
  seller.subscription_step = "Finished";
  seller.auto_accept_order = false;
  api_.ThenReturns(seller);

  const auto facts = RunTask(probe_.Look(token_));

  ASSERT_THAT(facts, Succeeds());
  EXPECT_EQ(facts->shop_name, "Claire");
  EXPECT_EQ(facts->state, "Activated");
  EXPECT_EQ(facts->sub_state, "Holidays");
  EXPECT_EQ(facts->subscription_step, "Finished");
  EXPECT_EQ(facts->auto_accept_orders, false);
  ASSERT_THAT(api_.callers, SizeIs(1));
  EXPECT_EQ(api_.callers.front().seller_id, "98979");
  EXPECT_EQ(api_.callers.front().sales_channel, "CDISFR");
  EXPECT_EQ(api_.callers.front().access_token, Secret{"the-token"});
}

TEST_F(OctopiaSellerProbeTest, KeepsTheAnswersThatAConnectionCheckTellsApart) {
  for (const auto code : {ErrorCode::kUnauthenticated, ErrorCode::kPermissionDenied, ErrorCode::kNotFound,
                          ErrorCode::kThrottled, ErrorCode::kUnavailable}) {
    api_.ThenFails({.code = code, .message = "x"});
    EXPECT_THAT(RunTask(probe_.Look(token_)), FailsWith(code));
  }
  api_.ThenFails({.code = ErrorCode::kInvalidArgument, .message = "x"});
  EXPECT_THAT(RunTask(probe_.Look(token_)), FailsWith(ErrorCode::kUnreadable));
}

}  // namespace
}  // namespace cdiscount::auth
