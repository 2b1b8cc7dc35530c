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
    const auto ask = [&]() -> Task<> {
      for (const auto& path : paths) {
        http::Request request;
        request.method = method;
        request.url = fmt::format("http://127.0.0.1:{}{}", admin.port(), path);
        auto answer = co_await client.Send(std::move(request), 10s);
        if (answer) answers[path] = *answer;
      }
      host.Stop();
    };
    host.Spawn("ask", ask());
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
  std::optional<http::Response> answer;
  const auto ask = [&]() -> Task<> {
    host.Stop();
    while (!host.stopping()) co_await host.WaitFor(1ms);
    http::Request request;
    request.url = fmt::format("http://127.0.0.1:{}/readyz", admin.port());
    auto sent = co_await client.Send(std::move(request), 10s);
    if (sent) answer = *sent;
  };
  host.Spawn("ask", ask());
  host.RunUntilStopped();

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_THAT(answer->body, HasSubstr("the service is stopping"));
}

TEST_F(AdminServerTest, ListensOnLoopbackOnly) {
  Host host({.name = "test", .catch_signals = false});
  for (const auto* address : {"0.0.0.0", "10.0.0.1", "localhost"}) {
    try {
      const AdminServer admin(host, {.address = address}, {});
      FAIL() << address;
    } catch (const BadResult& refused) {
      EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
      EXPECT_THAT(refused.error().message, HasSubstr("listen on 127.0.0.1 or ::1 only"));
    }
  }
}

}  // namespace
}  // namespace cdiscount::service
