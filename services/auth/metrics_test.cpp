#include "metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/fake_clock.hpp"
#include "core/testing/run_task.hpp"
#include "fakes/an_account.hpp"
#include "fakes/in_memory_auth_store.hpp"

namespace cdiscount::auth {
namespace {

using cdiscount::fakes::RunTask;
using std::chrono::minutes;
using ::testing::HasSubstr;

class AuthMetricsTest : public ::testing::Test {
 protected:
  telemetry::Metrics all_{"auth"};
  AuthMetrics metrics_{all_};
};

TEST_F(AuthMetricsTest, CountsTokensAndRequestsByWhatCameOfThem) {
  metrics_.TokenGiven(true);
  metrics_.TokenGiven(false);
  metrics_.TokenGiven(false);
  metrics_.TokenNotGiven(ErrorCode::kConflict);
  metrics_.TokenRequestEnded(std::nullopt, std::chrono::milliseconds{120});
  metrics_.TokenRequestEnded(ErrorCode::kUnauthenticated, std::chrono::milliseconds{1});
  metrics_.TokenRequestEnded(ErrorCode::kThrottled, std::chrono::milliseconds{1});
  metrics_.TokenRequestEnded(ErrorCode::kDeadlineExceeded, std::chrono::seconds{20});
  metrics_.ConnectionVerified(ConnectionOutcome::kNotLinked);

  const auto text = all_.Render();

  EXPECT_THAT(text, HasSubstr("auth_tokens_given_total{source=\"new\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("auth_tokens_given_total{source=\"held\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("auth_tokens_not_given_total{code=\"conflict\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("auth_tokens_not_given_total{code=\"throttled\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("auth_token_requests_total{outcome=\"issued\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("auth_token_requests_total{outcome=\"refused\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("auth_token_requests_total{outcome=\"throttled\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("auth_token_requests_total{outcome=\"failed\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("auth_token_request_seconds_count 4\n"));
  EXPECT_THAT(text, HasSubstr("auth_connections_verified_total{outcome=\"not_linked\"} 1\n"));
}

TEST_F(AuthMetricsTest, CountsAccountsByStateAndTheSecondsOfTheFirstTokenThatEnds) {
  cdiscount::fakes::FakeClock clock;
  fakes::InMemoryAuthStore store{clock};
  RunTask(store.Create(fakes::ANewAccount(1), AccountId{"id-1"})).value();
  RunTask(store.Create(fakes::ANewAccount(2), AccountId{"id-2"})).value();
  RunTask(store.Create(fakes::ANewAccount(3), AccountId{"id-3"})).value();
  for (const auto& [id, lifetime] : {std::pair{"id-1", minutes{20}}, std::pair{"id-2", minutes{10}}}) {
    const auto claim = std::get<TokenClaim>(RunTask(store.Take(AccountId{id}, {})).value());
    RunTask(store.Keep(claim, {Secret{"t"}, PlanLife({Secret{}, "f", lifetime}, claim.asked_at, 0.0, false)})).value();
  }
  RunTask(store.Disable(AccountRef{"id-3"})).value();
  clock.Advance(minutes{1});

  RunTask(CountAccounts(store, metrics_, clock)).value();

  const auto text = all_.Render();
  EXPECT_THAT(text, HasSubstr("auth_accounts{state=\"enabled\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("auth_accounts{state=\"disabled\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("auth_accounts{state=\"needs_new_credentials\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("auth_token_expiry_seconds 540\n"));
}

}  // namespace
}  // namespace cdiscount::auth
