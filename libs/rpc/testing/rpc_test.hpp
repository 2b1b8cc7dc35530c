#pragma once

// The fixture of the tests of calls: a client, a server and the network thread of both.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "core/testing/run_task.hpp"
#include "rpc/client.hpp"
#include "rpc/testing/in_process_server.hpp"
#include "rpc/unary.hpp"

namespace cdiscount::fakes {

using Tokens = rpc::Client<auth::v1::TokenService>;

inline Task<Result<auth::v1::GetAccessTokenResponse>> GetToken(Tokens& tokens, const std::string& account,
                                                               rpc::CallOptions options = {}) {
  auth::v1::GetAccessTokenRequest request;
  request.set_account_id(account);
  return tokens.Call(&auth::v1::TokenService::Stub::async::GetAccessToken, std::move(request), std::move(options));
}

/// Answers as the account id asks for.
class TokenApi final : public auth::v1::TokenService::CallbackService {
 public:
  explicit TokenApi(rpc::Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* GetAccessToken(grpc::CallbackServerContext* context,
                                           const auth::v1::GetAccessTokenRequest* request,
                                           auth::v1::GetAccessTokenResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auth::v1::GetAccessTokenRequest& asked, rpc::CallContext call) {
                        return Answer(asked, std::move(call));
                      });
  }

  std::vector<rpc::Api> apis() {
    return {{this, auth::v1::TokenService::service_full_name(), {{"GetAccessToken", {"order-ingest"}}}}};
  }

  std::optional<rpc::CallContext> last_call;
  std::thread::id ran_on;
  bool cancelled = false;

 private:
  Task<Result<auth::v1::GetAccessTokenResponse>> Answer(const auth::v1::GetAccessTokenRequest& request,
                                                        rpc::CallContext call) {
    last_call = std::move(call);
    ran_on = std::this_thread::get_id();
    if (request.account_id() == "throttled") {
      co_return Error{ErrorCode::kThrottled, "500 tokens an hour", std::chrono::seconds{700}};
    }
    if (request.account_id() == "bug") throw std::logic_error("an index is out of range");
    if (request.account_id() == "slow") {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::seconds{60});
      try {
        co_await timer.async_wait(boost::asio::use_awaitable);
      } catch (const boost::system::system_error&) {
        cancelled = true;
        throw;
      }
    }
    auth::v1::GetAccessTokenResponse response;
    response.set_access_token("token of " + request.account_id());
    co_return response;
  }

  rpc::Calls& calls_;
};

class RpcTest : public ::testing::Test {
 protected:
  Result<auth::v1::GetAccessTokenResponse> Ask(const std::string& account, rpc::CallOptions options = {}) {
    return RunTask(io_, GetToken(tokens_, account, std::move(options)));
  }

  /// Turns the network thread until this holds.
  ::testing::AssertionResult Eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return ::testing::AssertionFailure() << "not within 20 s";
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds{10});
    }
    return ::testing::AssertionSuccess();
  }

  boost::asio::io_context io_{1};
  telemetry::Metrics metrics_{"test"};
  rpc::Calls calls_{io_.get_executor(), metrics_};
  TokenApi api_{calls_};
  InProcessServer server_{io_, api_.apis()};
  Tokens tokens_{server_.channel()};
};

}  // namespace cdiscount::fakes
