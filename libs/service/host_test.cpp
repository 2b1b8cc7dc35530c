#include "service/host.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/empty.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include "rpc/calls.hpp"
#include "rpc/server.hpp"
#include "rpc/testing/token_file.hpp"
#include "rpc/token_file.hpp"
#include "rpc/unary.hpp"
#include "service/loop.hpp"
#include "telemetry/testing/captured_log.hpp"

namespace cdiscount::service {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

HostOptions Options() {
  return {.name = "test", .environment = {{"CDISCOUNT_TEST__STOP__GRACE", "20s"}}, .catch_signals = false};
}

Task<> Sleep(std::chrono::milliseconds duration) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, duration);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

Task<> StopSoon(Host& host) {
  co_await host.WaitFor(1ms);
  host.Stop();
}

/// A loop that ends when it is asked to.
Task<> UntilStopped(Host& host, std::function<void()> then) {
  while (co_await host.WaitFor(1h)) {
  }
  then();
}

/// A loop that has to be cancelled.
Task<> Deaf(bool& cancelled) {
  try {
    co_await Sleep(1h);
  } catch (const boost::system::system_error&) {
    cancelled = true;
    throw;
  }
}

Task<> Note(std::vector<std::string>& notes, std::string note) {
  notes.push_back(std::move(note));
  co_return;
}

Task<> ReadSoon(Host& host, std::filesystem::path path, std::string& content) {
  co_await host.WaitFor(1ms);
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  content = text.str();
  host.Stop();
}

Task<Status> Mark(bool& mark) {
  mark = true;
  co_return Ok();
}

struct NoSettings {
  void Describe(settings::Table&) {}
};

class HostTest : public ::testing::Test {
 protected:
  fakes::CapturedLog captured_;  // the first member: a host logs until its end
  const std::filesystem::path ready_file_ =
      std::filesystem::path(::testing::TempDir()) / ("ready-" + std::to_string(getpid()) + ".json");
};

TEST_F(HostTest, EndsLoopsThreadsAndCallbacksBeforeItReturns) {
  Host host(Options());
  std::vector<std::string> ended;
  host.Spawn("loop", UntilStopped(host, [&] { ended.emplace_back("loop"); }));
  std::atomic<bool> thread_ended = false;
  host.SpawnThread("thread", [&](const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait(lock, stop, [] { return false; });
    thread_ended = true;
  });
  host.OnStop([&] { ended.emplace_back("callback"); });
  host.AtEnd([&] { return Note(ended, "last"); });
  host.Spawn("stop_soon", StopSoon(host));

  host.RunUntilStopped();

  EXPECT_THAT(ended, ElementsAre("callback", "loop", "last"));
  EXPECT_TRUE(thread_ended);
  EXPECT_TRUE(host.stopping());
  EXPECT_FALSE(host.failed());
}

TEST_F(HostTest, CancelsALoopThatDoesNotEndByItself) {
  Host host({.name = "test", .environment = {{"CDISCOUNT_TEST__STOP__GRACE", "4s"}}, .catch_signals = false});
  host.Load<NoSettings>();
  bool cancelled = false;
  host.Spawn("deaf", Deaf(cancelled));
  host.Stop();

  const auto began = std::chrono::steady_clock::now();
  host.RunUntilStopped();

  EXPECT_TRUE(cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 3s);
  EXPECT_FALSE(host.failed());
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("\"event\":\"loop_cancelled\",\"loop\":\"deaf\"")));
}

TEST_F(HostTest, GivesUpWhenTheGraceTimeIsOverAndNamesWhatHangs) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto hang = [] {
    log::SetSink({});
    Host host({.name = "test", .environment = {{"CDISCOUNT_TEST__STOP__GRACE", "200ms"}}, .catch_signals = false});
    host.Load<NoSettings>();
    host.SpawnThread("stubborn", [](const std::stop_token&) {
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable never;
      never.wait(lock, [] { return false; });
    });
    host.OnStop([] {});
    host.Spawn("stop_soon", StopSoon(host));
    host.RunUntilStopped();
  };
  EXPECT_EXIT(hang(), ::testing::ExitedWithCode(1), "stop_took_too_long.*\"still_running\":\"stubborn\"");
}

TEST_F(HostTest, FailsWhenALoopEndsByAnException) {
  Host host(Options());
  const auto broken = [](Host& h) -> Task<> {
    co_await h.WaitFor(1ms);
    throw std::logic_error("an index is out of range");
  };
  host.Spawn("broken", broken(host));

  host.RunUntilStopped();

  EXPECT_TRUE(host.failed());
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("loop broken ended by itself: an index is out of range")));
}

TEST_F(HostTest, FailsWhenAThreadEndsByItself) {
  Host host(Options());
  host.SpawnThread("short", [](const std::stop_token&) {});

  host.RunUntilStopped();

  EXPECT_TRUE(host.failed());
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("thread short ended by itself")));
}

TEST_F(HostTest, GoesOnToItsEndWhenAHandlerOfTheNetworkThreadThrows) {
  Host host(Options());
  bool ended = false;
  host.Spawn("loop", UntilStopped(host, [&] { ended = true; }));
  boost::asio::steady_timer timer(host.io(), 1ms);
  timer.async_wait([](const boost::system::error_code&) { throw std::runtime_error("unexpected"); });

  host.RunUntilStopped();

  EXPECT_TRUE(host.failed());
  EXPECT_TRUE(ended);
}

TEST_F(HostTest, NamesItsPortsInTheReadyFileWhileItServes) {
  auto options = Options();
  options.ready_file = ready_file_.string();
  Host host(options);
  host.AddPort("admin", 7201);
  host.AddPort("grpc", 7101);
  std::string content;
  host.Spawn("look", ReadSoon(host, ready_file_, content));

  host.RunUntilStopped();

  EXPECT_EQ(boost::json::parse(content),
            boost::json::parse("{\"pid\":" + std::to_string(getpid()) + ",\"ports\":{\"admin\":7201,\"grpc\":7101}}"));
  EXPECT_FALSE(std::filesystem::exists(ready_file_)) << "it goes when the host stops";
}

TEST_F(HostTest, FailsWhenTheReadyFileCannotBeWritten) {
  auto options = Options();
  options.ready_file = "/no/such/folder/ready.json";
  Host host(options);

  host.RunUntilStopped();

  EXPECT_TRUE(host.failed());
  EXPECT_THAT(captured_.lines(), Contains(HasSubstr("/no/such/folder/ready.json cannot be written")));
}

TEST_F(HostTest, EndsInOrderOnASignal) {
  auto options = Options();
  options.catch_signals = true;
  Host host(options);
  const auto raise_soon = [](Host& h) -> Task<> {
    co_await h.WaitFor(1ms);
    kill(getpid(), SIGTERM);
    while (co_await h.WaitFor(1h)) {
    }
  };
  host.Spawn("raise", raise_soon(host));

  host.RunUntilStopped();

  EXPECT_FALSE(host.failed());
}

/// One method, /test.Slow/Wait, from nothing to nothing. It answers a while after the host began to stop: a call that
/// was running when gRPC began to drain.
class SlowService final : public grpc::Service {
 public:
  using Empty = google::protobuf::Empty;

  SlowService(Host& host, rpc::Calls& calls) : host_(host) {
    AddMethod(new grpc::internal::RpcServiceMethod(kMethod, grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodCallback(0, new grpc::internal::CallbackUnaryHandler<Empty, Empty>(
                              [this, &calls](grpc::CallbackServerContext* context, const Empty* asked, Empty* answer) {
                                return rpc::Unary(calls, context, asked, answer,
                                                  [this](const Empty&, const rpc::CallContext&) { return Answer(); });
                              }));
  }

  static constexpr auto* kMethod = "/test.Slow/Wait";
  std::atomic<bool> answered = false;
  std::atomic<bool> loops_were_asked_to_stop = false;

 private:
  Task<Result<Empty>> Answer() {
    host_.Stop();
    while (!host_.stopping()) co_await Sleep(1ms);
    co_await Sleep(20ms);
    loops_were_asked_to_stop = host_.stop_token().stop_requested();
    answered = true;
    co_return Empty();
  }

  Host& host_;
};

/// One blocking call without content.
grpc::Status CallOnce(std::uint16_t port, const std::string& method, const Secret& token) {
  grpc::GenericStub stub(grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + 10s);
  context.AddMetadata("authorization", "Bearer " + token.Reveal());
  grpc::CompletionQueue queue;
  const grpc::Slice nothing;
  const auto call = stub.PrepareUnaryCall(&context, method, grpc::ByteBuffer(&nothing, 1), &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status;
}

TEST_F(HostTest, LetsARunningCallEndBeforeLoopsAreAskedToStop) {
  Host host(Options());
  rpc::Calls calls(host.executor(), host.metrics());
  SlowService slow(host, calls);
  fakes::TokenFile token;
  rpc::Server server({.token_file = token.path()}, {{&slow, "test.Slow", {{"Wait", {"operator"}}}}});
  host.Serve(server);
  grpc::Status status;
  std::jthread caller([&] {
    do {  // the network thread may not turn yet
      status = CallOnce(server.port(), SlowService::kMethod, *rpc::ReadTokenFile(token.path()));
    } while (status.error_code() == grpc::StatusCode::UNAVAILABLE);
  });

  host.RunUntilStopped();
  caller.join();

  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(slow.answered);
  EXPECT_FALSE(slow.loops_were_asked_to_stop);
}

TEST_F(HostTest, CanBeThrownAwayWithLoopsThatNeverRan) {
  Host host(Options());
  bool ran = false;
  SpawnLoop(host, {.name = "never", .period = 1s}, [&] { return Mark(ran); });
  host.SpawnThread("never", [&](const std::stop_token&) { ran = true; });

  EXPECT_FALSE(ran);  // and the destructor returns
}

}  // namespace
}  // namespace cdiscount::service
