#include <fmt/format.h>
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "rpc/call_method.hpp"
#include "rpc/client.hpp"
#include "rpc/testing/in_process_server.hpp"
#include "rpc/unary.hpp"
#include "telemetry/testing/captured_log.hpp"

namespace cdiscount::rpc {
namespace {

using auth::v1::GetAccessTokenRequest;
using auth::v1::GetAccessTokenResponse;
using auth::v1::TokenService;
using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace std::chrono_literals;

using Tokens = Client<TokenService>;

Task<Result<GetAccessTokenResponse>> GetToken(Tokens& tokens, const std::string& account, CallOptions options = {}) {
  GetAccessTokenRequest request;
  request.set_account_id(account);
  return tokens.Call(&TokenService::Stub::async::GetAccessToken, std::move(request), std::move(options));
}

/// Answers as the account id asks for.
class TokenApi final : public TokenService::CallbackService {
 public:
  explicit TokenApi(Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* GetAccessToken(grpc::CallbackServerContext* context, const GetAccessTokenRequest* request,
                                           GetAccessTokenResponse* response) override {
    return Unary(calls_, context, request, response, [this](const GetAccessTokenRequest& asked, CallContext call) {
      return Answer(asked, std::move(call));
    });
  }

  std::vector<Api> apis() {
    return {{this, TokenService::service_full_name(), {{"GetAccessToken", {"order-ingest"}}}}};
  }

  std::optional<CallContext> last_call;
  std::thread::id ran_on;
  bool cancelled = false;

 private:
  Task<Result<GetAccessTokenResponse>> Answer(const GetAccessTokenRequest& request, CallContext call) {
    last_call = std::move(call);
    ran_on = std::this_thread::get_id();
    if (request.account_id() == "throttled") co_return Error{ErrorCode::kThrottled, "500 tokens an hour", 700s};
    if (request.account_id() == "bug") throw std::logic_error("an index is out of range");
    if (request.account_id() == "slow") {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 60s);
      try {
        co_await timer.async_wait(boost::asio::use_awaitable);
      } catch (const boost::system::system_error&) {
        cancelled = true;
        throw;
      }
    }
    GetAccessTokenResponse response;
    response.set_access_token("token of " + request.account_id());
    co_return response;
  }

  Calls& calls_;
};

class RpcTest : public ::testing::Test {
 protected:
  Result<GetAccessTokenResponse> Ask(const std::string& account, CallOptions options = {}) {
    return fakes::RunTask(io_, GetToken(tokens_, account, std::move(options)));
  }

  /// Turns the network thread until this holds.
  testing::AssertionResult Eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return testing::AssertionFailure() << "not within 20 s";
      io_.restart();
      io_.run_one_for(10ms);
    }
    return testing::AssertionSuccess();
  }

  boost::asio::io_context io_{1};
  telemetry::Metrics metrics_{"test"};
  Calls calls_{io_.get_executor(), metrics_};
  TokenApi api_{calls_};
  fakes::InProcessServer server_{io_, api_.apis()};
  Tokens tokens_{server_.channel()};
};

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

TEST_F(RpcTest, CancelsTheCallWithTheCoroutineThatMadeIt) {
  boost::asio::cancellation_signal cancel;
  bool ended = false;
  boost::asio::co_spawn(io_, GetToken(tokens_, "slow", {.deadline = 60s}),
                        boost::asio::bind_cancellation_slot(
                            cancel.slot(), [&](std::exception_ptr, Result<GetAccessTokenResponse>) { ended = true; }));
  ASSERT_TRUE(Eventually([&] { return api_.last_call.has_value(); }));

  cancel.emit(boost::asio::cancellation_type::terminal);

  EXPECT_TRUE(Eventually([&] { return ended && api_.cancelled; }));
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

TEST_F(RpcTest, LetsGoOfTheConnectionBeforeTheChannelEnds) {
  for (int round = 0; round < 300; ++round) {
    auto channel = std::make_unique<Channel>(io_.get_executor(), server_.options());
    {
      Tokens tokens(*channel);
      ASSERT_THAT(fakes::RunTask(io_, GetToken(tokens, "A-1")), Succeeds());
    }
    const std::weak_ptr<grpc::Channel> connection = channel->grpc();

    channel.reset();

    ASSERT_TRUE(connection.expired()) << "round " << round << ": gRPC's thread still holds it, and would end it";
  }
}

TEST_F(RpcTest, EndsRightBehindTheLastAnswerOfMany) {
  for (int round = 0; round < 100; ++round) {
    auto channel = std::make_unique<Channel>(io_.get_executor(), server_.options());
    Tokens tokens(*channel);
    int answers = 0;
    for (int call = 0; call < 20; ++call) {
      boost::asio::co_spawn(io_, GetToken(tokens, "A-1"), [&](std::exception_ptr, const auto&) { ++answers; });
    }
    io_.restart();
    while (answers < 20) io_.run_one();

    channel.reset();  // gRPC's threads may still be letting go of the calls: none may be touched then
  }
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

TEST_F(RpcTest, LetsGoOfACallWhoseWaiterIsDestroyed) {
  auto own_io = std::make_unique<boost::asio::io_context>(1);
  auto channel = std::make_unique<Channel>(own_io->get_executor(), server_.options());
  Tokens tokens(*channel);
  bool ended = false;
  boost::asio::co_spawn(*own_io, GetToken(tokens, "slow", {.deadline = 60s}),
                        [&](std::exception_ptr, Result<GetAccessTokenResponse>) { ended = true; });
  own_io->poll();
  ASSERT_TRUE(Eventually([&] { return api_.last_call.has_value(); }));

  channel.reset();  // no thread runs own_io any more
  own_io.reset();

  EXPECT_FALSE(ended);
  EXPECT_TRUE(Eventually([&] { return api_.cancelled; }));
}

TEST(RpcChannel, MayBeTheLastOfTheProcessThatUsesGrpc) {
  for (int round = 0; round < 50; ++round) {  // gRPC stops its threads each time, and must not be on one of them then
    boost::asio::io_context io{1};
    Channel unreachable(io.get_executor(), {.target = "127.0.0.1:1"});
    Tokens tokens(unreachable);

    const auto answer = fakes::RunTask(io, GetToken(tokens, "A-1", {.deadline = 5s, .connect_within = 0s}));

    EXPECT_THAT(answer, FailsWith(ErrorCode::kUnavailable));
  }
}

TEST(RpcCalls, AnswersUnavailableUntilTheNetworkThreadTurns) {
  boost::asio::io_context network{1}, client{1};
  telemetry::Metrics metrics("test");
  Calls calls(network.get_executor(), metrics);
  TokenApi api(calls);
  fakes::InProcessServer server(client, api.apis());
  Tokens tokens(server.channel());

  const auto early = fakes::RunTask(client, GetToken(tokens, "A-1"));

  ASSERT_THAT(early, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(early.error().message, HasSubstr("starting"));
}

}  // namespace
}  // namespace cdiscount::rpc
