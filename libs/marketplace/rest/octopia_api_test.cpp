// The three clients against a real HTTP server in this process.
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "http/server.hpp"
#include "marketplace/rest/octopia_orders.hpp"
#include "marketplace/rest/octopia_sellers.hpp"
#include "marketplace/rest/octopia_tokens.hpp"

namespace cdiscount::marketplace {
namespace {

using fakes::FailsWith;
using fakes::RunTask;
using fakes::Succeeds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class OctopiaApiTest : public ::testing::Test {
 protected:
  OctopiaApiTest() {
    server_ = http::Server::Listen(io_.get_executor(), {}, [this](http::ServerRequest request) {
                return Answer(std::move(request));
              }).value();
    const auto origin = "http://127.0.0.1:" + std::to_string(server_->port());
    options_.api_url = origin + "/seller/v2";
    options_.token_url = origin + "/auth/token";
    options_.timeout = std::chrono::seconds{10};
  }

  Task<http::ServerResponse> Answer(http::ServerRequest request) {
    request_ = std::move(request);
    if (hangs_) {
      boost::asio::steady_timer never(io_, SteadyTime::max());
      co_await never.async_wait(boost::asio::use_awaitable);
    }
    co_return answer_;
  }
  void ThenAnswers(int status, std::string body) {
    answer_.status = status;
    answer_.body = std::move(body);
    answer_.headers.Set("Date", "Tue, 06 Oct 2026 15:30:00 GMT");
  }

  boost::asio::io_context io_{1};
  http::ServerRequest request_;
  http::ServerResponse answer_;
  bool hangs_ = false;
  std::unique_ptr<http::Server> server_;
  OctopiaOptions options_;
  http::Client client_{io_.get_executor(), {}};
  Caller caller_{{.seller = SellerId{"98979"},
                  .channel = ChannelId{"CDISFR"},
                  .traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
                 Secret("the-token")};
};

TEST_F(OctopiaApiTest, AsksForAPageAsTheContractSays) {
  ThenAnswers(200, R"({"itemsPerPage":0,"items":[]})");
  OctopiaOrders orders(client_, options_);
  OrdersQuery query;
  query.updated_at_min = SysTime{std::chrono::seconds{1'791'302'531}};
  query.updated_at_max = SysTime{std::chrono::seconds{1'791'302'532} + std::chrono::microseconds{5}};
  query.page_index = 3;
  query.page_size = 50;

  const auto page = RunTask(io_, orders.List(caller_, query));

  ASSERT_THAT(page, Succeeds());
  EXPECT_EQ(page->server_time, SysTime{std::chrono::seconds{1'791'300'600}});
  EXPECT_EQ(request_.method, "GET");
  EXPECT_EQ(request_.path, "/seller/v2/orders");
  EXPECT_THAT(request_.query,
              ElementsAre(Pair("salesChannelId", "CDISFR"), Pair("updatedAtMin", "2026-10-06T16:02:11Z"),
                          Pair("updatedAtMax", "2026-10-06T16:02:12.000005Z"), Pair("sort", "asc:updatedAt"),
                          Pair("pageIndex", "3"), Pair("pageSize", "50")));
  EXPECT_EQ(request_.headers.Get("Authorization"), "Bearer the-token");
  EXPECT_EQ(request_.headers.Get("SellerId"), "98979");
  EXPECT_EQ(request_.headers.Get("SalesChannelId"), "CDISFR");
  EXPECT_EQ(request_.headers.Get("Accept"), "application/json");
  EXPECT_EQ(request_.headers.Get("traceparent"), caller_.traceparent);
}

TEST_F(OctopiaApiTest, EncodesTheIdOfAnOrder) {
  ThenAnswers(200, R"({"orderId":"a/b ?","status":"Shipped"})");
  OctopiaOrders orders(client_, options_);

  const auto order = RunTask(io_, orders.Get(caller_, "a/b ?"));

  ASSERT_THAT(order, Succeeds());
  EXPECT_EQ(order->observed.order.order_id(), "a/b ?");
  EXPECT_EQ(request_.path, "/seller/v2/orders/a/b ?");
  EXPECT_TRUE(request_.query.empty());
}

TEST_F(OctopiaApiTest, CountsWithTheSameFilterAndNoPage) {
  ThenAnswers(200, "17");
  OctopiaOrders orders(client_, options_);
  OrdersQuery query;
  query.updated_at_min = SysTime{std::chrono::seconds{1'791'302'531}};

  const auto count = RunTask(io_, orders.Count(caller_, query));

  ASSERT_THAT(count, Succeeds());
  EXPECT_EQ(*count, 17);
  EXPECT_EQ(request_.path, "/seller/v2/orders/count");
  EXPECT_THAT(request_.query,
              ElementsAre(Pair("salesChannelId", "CDISFR"), Pair("updatedAtMin", "2026-10-06T16:02:11Z")));
}

TEST_F(OctopiaApiTest, AnAnswerInWhichNoListOrOrderBeginsIsUnreadable) {
  ThenAnswers(200, R"({"itemsPerPage":1,"orderId")");
  OctopiaOrders orders(client_, options_);

  EXPECT_THAT(RunTask(io_, orders.List(caller_, {})), FailsWith(ErrorCode::kUnreadable));
  EXPECT_THAT(RunTask(io_, orders.Get(caller_, "A")), FailsWith(ErrorCode::kUnreadable));
}

TEST_F(OctopiaApiTest, SaysWhatCameInsteadOfJson) {
  OctopiaOrders orders(client_, options_);
  OctopiaSellers sellers(client_, options_);
  OctopiaTokens tokens(client_, options_);
  const std::string page = "<html>" + std::string(5000, 'x') + "hello</html>";
  answer_.headers.Set("Content-Type", "text/html; charset=utf-8");
  ThenAnswers(200, page);

  const auto list = RunTask(io_, orders.List(caller_, {}));

  ASSERT_THAT(list, FailsWith(ErrorCode::kUnreadable));
  EXPECT_EQ(list.error().message,
            "GET /orders for seller 98979: answered 200 with an HTML page where a JSON list of orders was expected "
            "(text/html, 5 KB)");
  EXPECT_THAT(RunTask(io_, orders.Get(caller_, "A")).error().message,
              HasSubstr("with an HTML page where a JSON order was expected"));
  EXPECT_THAT(RunTask(io_, orders.Count(caller_, {})).error().message,
              HasSubstr("with an HTML page where a number was expected"));
  EXPECT_THAT(RunTask(io_, sellers.GetSeller(caller_)).error().message,
              HasSubstr("with an HTML page where a JSON seller was expected"));
  EXPECT_THAT(RunTask(io_, tokens.RequestToken("shop", Secret("s"))).error().message,
              HasSubstr("with an HTML page where a JSON token was expected"));

  answer_.headers.Set("Content-Type", "text/plain");
  ThenAnswers(200, "hello");
  EXPECT_THAT(RunTask(io_, orders.List(caller_, {})).error().message, HasSubstr("answered 200 with text where"));
  ThenAnswers(204, "");
  EXPECT_THAT(RunTask(io_, orders.List(caller_, {})).error().message, HasSubstr("answered 204 without a body where"));
  ThenAnswers(200, R"({"items":{}})");
  EXPECT_THAT(RunTask(io_, orders.List(caller_, {})).error().message, HasSubstr("12 bytes): its `items` are no list"));
}

TEST_F(OctopiaApiTest, AsksWithoutAnUpperEndWhenNoneIsGiven) {
  ThenAnswers(200, R"({"itemsPerPage":0,"items":[]})");
  OctopiaOrders orders(client_, options_);
  OrdersQuery query;
  query.updated_at_min = SysTime{std::chrono::seconds{1'791'302'531}};

  ASSERT_THAT(RunTask(io_, orders.List(caller_, query)), Succeeds());

  for (const auto& [name, value] : request_.query) EXPECT_NE(name, "updatedAtMax");
}

TEST_F(OctopiaApiTest, GivesEachCallTheErrorOfTheMarketplace) {
  ThenAnswers(403,
              R"({"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 00:00:09."})");
  OctopiaOrders orders(client_, options_);
  OctopiaSellers sellers(client_, options_);

  const auto page = RunTask(io_, orders.List(caller_, {}));

  ASSERT_THAT(page, FailsWith(ErrorCode::kThrottled));
  EXPECT_EQ(page.error().retry_after, std::chrono::seconds{9});
  EXPECT_THAT(page.error().message, Not(HasSubstr("the-token")));
  EXPECT_THAT(RunTask(io_, orders.Count(caller_, {})), FailsWith(ErrorCode::kThrottled));
  EXPECT_THAT(RunTask(io_, orders.Get(caller_, "A")), FailsWith(ErrorCode::kThrottled));
  EXPECT_THAT(RunTask(io_, sellers.GetSeller(caller_)), FailsWith(ErrorCode::kThrottled));
}

TEST_F(OctopiaApiTest, ReadsTheSeller) {
  ThenAnswers(200, R"({"seller_id":98979,"seller_state":"Activated","auto_accept_order":true})");
  OctopiaSellers sellers(client_, options_);

  const auto seller = RunTask(io_, sellers.GetSeller(caller_));

  ASSERT_THAT(seller, Succeeds());
  EXPECT_EQ(request_.path, "/seller/v2/sellers");
  EXPECT_EQ(seller->seller_state, "Activated");
}

TEST_F(OctopiaApiTest, TakesNoOtherSellersAnswer) {
  ThenAnswers(200, R"({"seller_id":77777,"seller_state":"Activated"})");
  OctopiaSellers sellers(client_, options_);

  const auto seller = RunTask(io_, sellers.GetSeller(caller_));

  ASSERT_THAT(seller, FailsWith(ErrorCode::kUnreadable));
  EXPECT_THAT(seller.error().message, HasSubstr("about another seller"));
}

TEST_F(OctopiaApiTest, AsksForATokenWithAForm) {
  ThenAnswers(200, R"({"access_token":"fresh","expires_in":7200})");
  OctopiaTokens tokens(client_, options_);

  const auto token = RunTask(io_, tokens.RequestToken("shop one", Secret("s&cr=t+%")));

  ASSERT_THAT(token, Succeeds());
  EXPECT_EQ(token->token.Reveal(), "fresh");
  EXPECT_EQ(request_.method, "POST");
  EXPECT_EQ(request_.path, "/auth/token");
  EXPECT_EQ(request_.headers.Get("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_THAT(http::DecodeQuery(request_.body),
              ElementsAre(Pair("grant_type", "client_credentials"), Pair("client_id", "shop one"),
                          Pair("client_secret", "s&cr=t+%")));
}

TEST_F(OctopiaApiTest, TellsARefusedSecretFromARefusedRequest) {
  struct Case {
    int status;
    std::string body;
    ErrorCode code;
  };
  const std::vector<Case> cases = {
      {401, "", ErrorCode::kUnavailable},
      {401, "<html>Unauthorized</html>", ErrorCode::kUnavailable},
      {401, R"({"statusCode":401,"message":"Access denied"})", ErrorCode::kUnavailable},
      {401, R"({"error":"temporarily_unavailable"})", ErrorCode::kUnavailable},
      {401, R"({"error":"invalid_client","error_description":"Invalid client or Invalid client credentials"})",
       ErrorCode::kUnauthenticated},
      {401, R"({"title":"Unauthorized","status":401})", ErrorCode::kUnauthenticated},
      {400, R"({"error":"unauthorized_client"})", ErrorCode::kUnauthenticated},
      {400, R"({"error":"unsupported_grant_type"})", ErrorCode::kInvalidArgument},
      {400, R"({"title":"Bad Request","errors":{"client_id":["missing"]}})", ErrorCode::kInvalidArgument},
      {429, "", ErrorCode::kThrottled},
      {502, "<html></html>", ErrorCode::kUnavailable},
      {200, "<html></html>", ErrorCode::kUnreadable},
  };
  OctopiaTokens tokens(client_, options_);

  for (const auto& given : cases) {
    ThenAnswers(given.status, given.body);
    const auto token = RunTask(io_, tokens.RequestToken("shop", Secret("hunter2")));
    ASSERT_THAT(token, FailsWith(given.code)) << given.body;
    EXPECT_THAT(token.error().message, Not(HasSubstr("hunter2")));
  }
}

TEST_F(OctopiaApiTest, GivesUpAtItsTimeout) {
  hangs_ = true;
  options_.timeout = std::chrono::milliseconds{60};
  OctopiaOrders orders(client_, options_);

  EXPECT_THAT(RunTask(io_, orders.Count(caller_, {})), FailsWith(ErrorCode::kDeadlineExceeded));
}

}  // namespace
}  // namespace cdiscount::marketplace
