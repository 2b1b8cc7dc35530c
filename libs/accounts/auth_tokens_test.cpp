#include "accounts/auth_tokens.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "core/testing/fake_clock.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "rpc/calls.hpp"
#include "rpc/testing/in_process_server.hpp"
#include "rpc/unary.hpp"

namespace cdiscount::accounts {
namespace {

namespace pb = cdiscount::auth::v1;
using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using std::chrono::minutes;
using std::chrono::seconds;

/// An auth that gives "token-1", "token-2", ... with a life of `life`.
class FakeAuth final : public pb::TokenService::CallbackService {
 public:
  FakeAuth(rpc::Calls& calls, const Clock& clock) : calls_(calls), clock_(clock) {}

  grpc::ServerUnaryReactor* GetAccessToken(grpc::CallbackServerContext* context,
                                           const pb::GetAccessTokenRequest* request,
                                           pb::GetAccessTokenResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& /*request*/, const rpc::CallContext& /*context*/) { return Give(); });
  }

  int asked = 0;
  bool away = false;
  seconds life = std::chrono::hours{2};

 private:
  Task<Result<pb::GetAccessTokenResponse>> Give() {
    if (away) co_return Error{ErrorCode::kUnavailable, "away"};
    pb::GetAccessTokenResponse given;
    given.set_access_token("token-" + std::to_string(++asked));
    const auto end = std::chrono::floor<seconds>(clock_.Now() + life);
    given.mutable_expires_at()->set_seconds(end.time_since_epoch().count());
    co_return given;
  }

  rpc::Calls& calls_;
  const Clock& clock_;
};

class AuthTokensTest : public ::testing::Test {
 protected:
  Result<marketplace::AccessToken> Ask(const std::string& account, std::int64_t generation) {
    return RunTask(io_, tokens_.Get({.account = AccountId{account}, .generation = generation}));
  }
  std::string Get(const std::string& account, std::int64_t generation) {
    return Ask(account, generation).value().token.Reveal();
  }

  boost::asio::io_context io_{1};
  cdiscount::fakes::FakeClock clock_;
  telemetry::Metrics metrics_{"test"};
  rpc::Calls calls_{io_.get_executor(), metrics_};
  FakeAuth auth_{calls_, clock_};
  cdiscount::fakes::InProcessServer server_{
      io_, {{&auth_, pb::TokenService::service_full_name(), {{"GetAccessToken", {"operator"}}}}}};
  AuthTokens tokens_{server_.channel(), clock_, seconds{30}};
};

TEST_F(AuthTokensTest, KeepsATokenUntilAuthMayHaveRenewedIt) {
  EXPECT_EQ(Get("a", 1), "token-1");
  clock_.Advance(minutes{107});
  EXPECT_EQ(Get("a", 1), "token-1");
  clock_.Advance(minutes{2});
  EXPECT_EQ(Get("a", 1), "token-2");
}

TEST_F(AuthTokensTest, DoesNotUseATokenOfCredentialsThatWereReplaced) {
  EXPECT_EQ(Get("a", 1), "token-1");
  EXPECT_EQ(Get("b", 1), "token-2");

  EXPECT_EQ(Get("a", 2), "token-3") << "this replica need not have seen the change itself";
  EXPECT_EQ(Get("a", 2), "token-3");
  EXPECT_EQ(Get("b", 1), "token-2") << "the change of one account lets go of no other's token";
}

TEST_F(AuthTokensTest, DoesNotFallBackOnTheOldTokenWhenAuthIsAwayAfterAChange) {
  EXPECT_EQ(Get("a", 1), "token-1");
  auth_.away = true;

  EXPECT_THAT(Ask("a", 2), FailsWith(ErrorCode::kUnavailable));
}

TEST_F(AuthTokensTest, APollOfTheOldCredentialsTakesNothingFromThoseOfTheNew) {
  EXPECT_EQ(Get("a", 2), "token-1");
  EXPECT_EQ(Get("a", 1), "token-2");

  EXPECT_EQ(Get("a", 2), "token-1");
}

TEST_F(AuthTokensTest, KeepsATokenOfAShortLifeForHalfOfIt) {
  auth_.life = minutes{5};
  EXPECT_EQ(Get("a", 1), "token-1");
  clock_.Advance(minutes{2});
  EXPECT_EQ(Get("a", 1), "token-1");
  clock_.Advance(minutes{1});
  EXPECT_EQ(Get("a", 1), "token-2");
}

TEST_F(AuthTokensTest, UsesATokenNearlyToItsEndWhileAuthIsAway) {
  EXPECT_EQ(Get("a", 1), "token-1");
  auth_.away = true;

  clock_.Advance(minutes{119});
  EXPECT_EQ(Get("a", 1), "token-1");
  clock_.Advance(seconds{30});
  EXPECT_THAT(Ask("a", 1), FailsWith(ErrorCode::kUnavailable));
}

TEST_F(AuthTokensTest, ATokenLivesNoLongerBecauseTheClockIsSetBack) {
  EXPECT_EQ(Get("a", 1), "token-1");
  clock_.Advance(minutes{119});
  clock_.StepWall(-std::chrono::hours{48});

  EXPECT_EQ(Get("a", 1), "token-2");
}

}  // namespace
}  // namespace cdiscount::accounts
