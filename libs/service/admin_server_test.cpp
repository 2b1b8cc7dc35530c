#include "service/admin_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>

#include "http/client.hpp"
#include "telemetry/testing/captured_log.hpp"

namespace cdiscount::service {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// Asks for the paths one after the other, and stops the host.
Task<> AskFor(Host& host, http::Client& client, std::string method, std::uint16_t port, std::vector<std::string> paths,
              std::map<std::string, http::Response>& answers) {
  for (const auto& path : paths) {
    http::Request request;
    request.method = method;
    request.url = fmt::format("http://127.0.0.1:{}{}", port, path);
    auto answer = co_await client.Send(std::move(request), 10s);
    if (answer) answers[path] = *answer;
  }
  host.Stop();
}

/// Asks once the host has begun to stop.
Task<> AskWhileStopping(Host& host, http::Client& client, std::uint16_t port,
                        std::map<std::string, http::Response>& answers) {
  host.Stop();
  while (!host.stopping()) co_await host.WaitFor(1ms);
  co_await AskFor(host, client, "GET", port, {"/readyz"}, answers);
}

class AdminServerTest : public ::testing::Test {
 protected:
  /// Serves while these paths are asked for, one after the other; gives the answers by path.
  std::map<std::string, http::Response> Ask(std::vector<Check> checks, std::vector<std::string> paths,
                                            const std::string& method = "GET") {
    Host host({.name = "test", .catch_signals = false});
    host.metrics().AddCounter("orders_total", "Orders.").Increment(3);
    const AdminServer admin(host, {}, std::move(checks));
    http::Client client(host.executor(), {});
    std::map<std::string, http::Response> answers;
    host.Spawn("ask", AskFor(host, client, method, admin.port(), std::move(paths), answers));
    host.RunUntilStopped();
    return answers;
  }

  fakes::CapturedLog captured_;
};

TEST_F(AdminServerTest, AnswersLivezReadyzAndMetrics) {
  auto answers = Ask({{"database", [] { return Ok(); }}}, {"/livez", "/readyz", "/metrics", "/"});

  EXPECT_EQ(answers["/livez"].status, 200);
  EXPECT_EQ(answers["/readyz"].status, 200);
  EXPECT_EQ(boost::json::parse(answers["/readyz"].body),
            boost::json::parse(R"({"ready":true,"checks":[{"name":"database","ok":true,"problem":""}]})"));
  EXPECT_EQ(answers["/metrics"].status, 200);
  EXPECT_THAT(answers["/metrics"].body, HasSubstr("orders_total 3\n"));
  EXPECT_EQ(answers["/metrics"].headers.Get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answers["/"].status, 404);
}

TEST_F(AdminServerTest, IsNotReadyWhenACheckFailsAndSaysWhy) {
  auto answers = Ask({{"database", [] { return Ok(); }},
                      {"lane 0", [] { return Status(Error{ErrorCode::kConflict, "topic \"x\" was recreated"}); }}},
                     {"/readyz"});

  EXPECT_EQ(answers["/readyz"].status, 503);
  EXPECT_EQ(boost::json::parse(answers["/readyz"].body), boost::json::parse(R"({"ready":false,"checks":[
                {"name":"database","ok":true,"problem":""},
                {"name":"lane 0","ok":false,"problem":"topic \"x\" was recreated"}]})"));
}

TEST_F(AdminServerTest, OnlyReads) {
  EXPECT_EQ(Ask({}, {"/livez"}, "POST")["/livez"].status, 405);
}

TEST_F(AdminServerTest, IsNotReadyOnceTheHostStops) {
  Host host({.name = "test", .catch_signals = false});
  const AdminServer admin(host, {}, {});
  http::Client client(host.executor(), {});
  std::map<std::string, http::Response> answers;
  host.Spawn("ask", AskWhileStopping(host, client, admin.port(), answers));

  host.RunUntilStopped();

  EXPECT_EQ(answers["/readyz"].status, 503);
  EXPECT_THAT(answers["/readyz"].body, HasSubstr("the service is stopping"));
}

TEST_F(AdminServerTest, ListensOnEveryAddressForProbesAndPrometheus) {
  Host host({.name = "test", .catch_signals = false});
  const AdminServer admin(host, {.address = "0.0.0.0"}, {});
  http::Client client(host.executor(), {});
  std::map<std::string, http::Response> answers;
  host.Spawn("ask", AskFor(host, client, "GET", admin.port(), {"/livez"}, answers));

  host.RunUntilStopped();

  EXPECT_EQ(answers["/livez"].status, 200);
}

TEST_F(AdminServerTest, RefusesANameInPlaceOfAnAddress) {
  Host host({.name = "test", .catch_signals = false});
  try {
    const AdminServer admin(host, {.address = "localhost"}, {});
    FAIL();
  } catch (const BadResult& refused) {
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(refused.error().message, HasSubstr("'localhost' is no IP address"));
  }
}

}  // namespace
}  // namespace cdiscount::service
