#include <fmt/format.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/testing/result_matchers.hpp"
#include "rpc/call_method.hpp"
#include "rpc/testing/rpc_test.hpp"
#include "telemetry/testing/captured_log.hpp"

namespace cdiscount::rpc {
namespace {

using auth::v1::GetAccessTokenRequest;
using auth::v1::GetAccessTokenResponse;
using fakes::FailsWith;
using fakes::GetToken;
using fakes::RpcTest;
using fakes::Succeeds;
using fakes::TokenApi;
using fakes::Tokens;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace std::chrono_literals;

TEST_F(RpcTest, AnswersOnTheNetworkThread) {
  const auto answer = Ask("A-1");

  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(answer->access_token(), "token of A-1");
  EXPECT_EQ(api_.ran_on, std::this_thread::get_id());
}

TEST_F(RpcTest, CallsAMethodThatIsKnownByItsDescriptor) {
  const auto& method = *GetAccessTokenRequest::descriptor()->file()->service(0)->FindMethodByName("GetAccessToken");
  const auto ask = [&](const std::string& account) {
    auto request = std::make_shared<GetAccessTokenRequest>();
    request->set_account_id(account);
    return fakes::RunTask(io_, CallMethod(server_.channel(), method, request));
  };

  const auto answer = ask("A-1");

  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(dynamic_cast<const GetAccessTokenResponse&>(**answer).access_token(), "token of A-1");
  EXPECT_EQ(ask("throttled").error(), (Error{ErrorCode::kThrottled, "500 tokens an hour", 700s}));
}

TEST_F(RpcTest, CarriesAnErrorWithItsTimeToWait) {
  const auto answer = Ask("throttled");

  ASSERT_THAT(answer, FailsWith(ErrorCode::kThrottled));
  EXPECT_EQ(answer.error(), (Error{ErrorCode::kThrottled, "500 tokens an hour", 700s}));
}

TEST_F(RpcTest, AnswersInternalWhenAHandlerThrowsAndLogsWhy) {
  fakes::CapturedLog captured;

  const auto answer = Ask("bug");

  ASSERT_THAT(answer, FailsWith(ErrorCode::kInternal));
  EXPECT_THAT(answer.error().message, Not(HasSubstr("index"))) << "what went wrong inside is not for callers";
  EXPECT_THAT(captured.lines(), Contains(AllOf(HasSubstr("rpc_failed"), HasSubstr("an index is out of range"),
                                               HasSubstr("\"method\":\"GetAccessToken\""))));
  EXPECT_THAT(Ask("A-1"), Succeeds());
}

TEST_F(RpcTest, TakesTheTraceAndTheIdempotencyKeyAlong) {
  const auto trace = telemetry::TraceContext::NewRoot();

  ASSERT_THAT(Ask("A-1", {.trace = trace, .idempotency_key = "key-7"}), Succeeds());

  ASSERT_TRUE(api_.last_call);
  EXPECT_EQ(api_.last_call->trace.trace_id(), trace.trace_id());
  EXPECT_NE(api_.last_call->trace.span_id(), trace.span_id());
  EXPECT_EQ(api_.last_call->idempotency_key, "key-7");
}

TEST_F(RpcTest, EndsAtTheDeadlineAndCancelsTheHandler) {
  const auto answer = Ask("slow", {.deadline = 50ms});

  ASSERT_THAT(answer, FailsWith(ErrorCode::kDeadlineExceeded));
  EXPECT_THAT(answer.error().message, HasSubstr(server_.channel().target()));
  EXPECT_TRUE(Eventually([&] { return api_.cancelled; }));
}

TEST_F(RpcTest, SaysWhichServerCannotBeReached) {
  Channel unreachable(io_.get_executor(), {.target = "127.0.0.1:1"});
  Tokens tokens(unreachable);

  const auto answer = fakes::RunTask(io_, GetToken(tokens, "A-1", {.deadline = 5s}));

  ASSERT_THAT(answer, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(answer.error().message,
              HasSubstr("GetAccessToken at 127.0.0.1:1: Connection refused: no program listens there"));
}

TEST_F(RpcTest, WaitsForAServerThatStarts) {
  const fakes::TokenFile token;
  std::uint16_t port = 0;
  {
    TokenApi early(calls_);
    const Server free({.token_file = token.path()}, early.apis());
    port = free.port();
  }
  Channel channel(io_.get_executor(), {.target = fmt::format("127.0.0.1:{}", port), .token_file = token.path()},
                  &metrics_);
  Tokens tokens(channel);
  std::optional<Result<GetAccessTokenResponse>> answer;
  boost::asio::co_spawn(io_, GetToken(tokens, "A-1", {.deadline = 30s, .connect_within = 20s}),
                        [&](std::exception_ptr, Result<GetAccessTokenResponse> given) { answer = std::move(given); });
  const auto refused = [&] {
    return metrics_.Render().find("rpc_client_calls_total{code=\"UNAVAILABLE\"") != std::string::npos;
  };
  ASSERT_TRUE(Eventually(refused));

  TokenApi late(calls_);
  const Server started({.port = port, .token_file = token.path()}, late.apis());

  ASSERT_TRUE(Eventually([&] { return answer.has_value(); }));
  EXPECT_THAT(*answer, Succeeds());
}

TEST_F(RpcTest, AnswersManyThatConnectAtTheSameTime) {
  std::atomic<int> running = 6;
  std::vector<std::string> failures;
  std::mutex mutex;
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < 6; ++caller) {
    callers.emplace_back([&] {
      for (int call = 0; call < 100; ++call) {  // each as a program of its own does: a channel, a call, the end
        boost::asio::io_context io{1};
        Channel channel(io.get_executor(), server_.options());
        Tokens tokens(channel);
        const auto answer = fakes::RunTask(io, GetToken(tokens, "A-1", {.deadline = 30s}));
        if (answer) continue;
        const std::scoped_lock lock(mutex);
        failures.push_back(answer.error().message);
      }
      --running;
    });
  }

  while (running > 0) {
    io_.restart();
    io_.run_one_for(10ms);
  }

  EXPECT_THAT(failures, IsEmpty());
}

TEST_F(RpcTest, CountsCallsByMethodAndCodeOnBothSides) {
  Channel counted(io_.get_executor(), server_.options(), &metrics_);
  Tokens tokens(counted);

  ASSERT_THAT(fakes::RunTask(io_, GetToken(tokens, "A-1")), Succeeds());
  ASSERT_THAT(fakes::RunTask(io_, GetToken(tokens, "throttled")), FailsWith(ErrorCode::kThrottled));

  const auto text = metrics_.Render();
  for (const std::string side : {"rpc_server", "rpc_client"}) {
    EXPECT_THAT(text, HasSubstr(side + "_calls_total{code=\"OK\",method=\"GetAccessToken\"} 1\n"));
    EXPECT_THAT(text, HasSubstr(side + "_calls_total{code=\"RESOURCE_EXHAUSTED\",method=\"GetAccessToken\"} 1\n"));
    EXPECT_THAT(text, HasSubstr(side + "_call_seconds_count{method=\"GetAccessToken\"} 2\n"));
    EXPECT_THAT(text, HasSubstr(side + "_calls_running{method=\"GetAccessToken\"} 0\n"));
  }
}

}  // namespace
}  // namespace cdiscount::rpc
