#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "rpc/server.hpp"
#include "rpc/testing/token_file.hpp"
#include "run.hpp"
#include "telemetry/metrics.hpp"
#include "testing/fake_services.hpp"

namespace cdiscount::cli::fakes {

/// Times in tables are in the zone of the process.
inline const int kInUtc = setenv("TZ", "UTC", 1);

/// cdiscountctl in this process, with both services on a gRPC server of the test's own; it reads and writes texts.
class RunTest : public ::testing::Test {
 protected:
  RunTest() : network_([this] { io_.run(); }) {
    while (!calls_.open()) std::this_thread::yield();
  }
  ~RunTest() override {
    server_.Drain(std::chrono::milliseconds{0});
    io_.stop();
  }

  int Do(std::vector<std::string> words, const std::string& input = "") {
    out_.str("");
    err_.str("");
    std::istringstream in(input);
    return cli::Run(words, around_, {in, out_, err_});
  }
  /// The name of the auth service in messages.
  std::string Auth() const { return "auth at " + address_ + " (from CDISCOUNT_AUTH_ADDRESS)"; }
  boost::json::value Json() { return boost::json::parse(out_.str()); }

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  telemetry::Metrics metrics_{"test"};
  rpc::Calls calls_{io_.get_executor(), metrics_};
  FakeAccounts accounts_{calls_};
  FakeOrders orders_{calls_};
  FakeDeadLetters letters_{calls_};
  const std::vector<rpc::MayCall> rows_ = {{"CreateAccount", {"operator"}},   {"GetAccount", {"operator"}},
                                           {"ListAccounts", {"operator"}},    {"DisableAccount", {"operator"}},
                                           {"EnableAccount", {"operator"}},   {"ReplaceCredentials", {"operator"}},
                                           {"VerifyConnection", {"operator"}}};
  cdiscount::fakes::TokenFile token_;
  rpc::Server server_{{.token_file = token_.path()},
                      {{&accounts_, auth::v1::AccountService::service_full_name(), rows_},
                       {&orders_,
                        orders::v1::OrderQueryService::service_full_name(),
                        {{"GetOrder", {"operator"}},
                         {"ListOrders", {"operator"}},
                         {"ListSyncStatus", {"operator"}},
                         {"ListUnreadableOrders", {"operator"}},
                         {"GetUnreadableOrder", {"operator"}}}},
                       {&letters_,
                        inbox::v1::DeadLetterService::service_full_name(),
                        {{"ListDeadLetters", {"operator"}},
                         {"GetDeadLetter", {"operator"}},
                         {"ReplayDeadLetters", {"operator"}},
                         {"DiscardDeadLetter", {"operator"}}}}}};
  std::jthread network_;
  const std::string address_ = fmt::format("127.0.0.1:{}", server_.port());
  Surroundings around_{.environment = {{"CDISCOUNT_AUTH_ADDRESS", address_},
                                       {"CDISCOUNT_AUTH_TOKEN_FILE", token_.path()},
                                       {"CDISCOUNT_ORDERS_ADDRESS", address_},
                                       {"CDISCOUNT_ORDERS_TOKEN_FILE", token_.path()},
                                       {"CDISCOUNT_KAFKA", "127.0.0.1:1"}}};
  std::ostringstream out_, err_;
};

}  // namespace cdiscount::cli::fakes
