// What is let go of, and when: calls, connections, and gRPC's threads behind them.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <memory>

#include "core/testing/result_matchers.hpp"
#include "rpc/testing/rpc_test.hpp"

namespace cdiscount::rpc {
namespace {

using auth::v1::GetAccessTokenResponse;
using fakes::FailsWith;
using fakes::GetToken;
using fakes::RpcTest;
using fakes::Succeeds;
using fakes::TokenApi;
using fakes::Tokens;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

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
