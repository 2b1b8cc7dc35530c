#pragma once

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/clock.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "http/client.hpp"
#include "http/server.hpp"
#include "http/testing/raw_peer.hpp"

namespace cdiscount::fakes {

/// A call that runs on its own, so that a test can watch it, or cancel it.
class PendingCall {
 public:
  PendingCall(boost::asio::io_context& io, Task<Result<http::Response>> call) {
    boost::asio::co_spawn(io, std::move(call),
                          boost::asio::bind_cancellation_slot(
                              signal_.slot(), [this](std::exception_ptr thrown, Result<http::Response> result) {
                                if (!thrown) result_ = std::move(result);
                                ended_ = true;
                              }));
  }
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;

  void Cancel() { signal_.emit(boost::asio::cancellation_type::terminal); }
  bool ended() const { return ended_; }
  const Result<http::Response>& result() const { return result_.value(); }

 private:
  boost::asio::cancellation_signal signal_;
  std::optional<Result<http::Response>> result_;
  bool ended_ = false;
};

/// One network thread, driven by the test itself.
class NetworkTest : public ::testing::Test {
 protected:
  static constexpr std::chrono::milliseconds kPatience{10'000};
  static constexpr std::chrono::milliseconds kSoon{60};

  std::unique_ptr<http::Server> Listen(http::Handler handler, http::ServerOptions options = {}) {
    return http::Server::Listen(io_.get_executor(), std::move(options), std::move(handler)).value();
  }
  http::Client& MakeClient(http::ClientOptions options = {}) {
    client_ = std::make_unique<http::Client>(io_.get_executor(), std::move(options));
    return *client_;
  }
  Result<http::Response> Get(http::Client& client, std::string url, std::chrono::milliseconds timeout = kPatience) {
    http::Request request;
    request.url = std::move(url);
    return RunTask(io_, client.Send(std::move(request), timeout));
  }
  std::unique_ptr<PendingCall> StartGet(http::Client& client, std::string url,
                                        std::chrono::milliseconds timeout = kPatience) {
    http::Request request;
    request.url = std::move(url);
    return std::make_unique<PendingCall>(io_, client.Send(std::move(request), timeout));
  }
  static std::string UrlOf(const http::Server& server, const std::string& path = "/",
                           const std::string& origin = "http://127.0.0.1") {
    return origin + ":" + std::to_string(server.port()) + path;
  }

  boost::asio::io_context io_{1};
  std::unique_ptr<http::Client> client_;
};

}  // namespace cdiscount::fakes
