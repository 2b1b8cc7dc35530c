#include "simulator/marketplace_sim.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "core/testing/fake_clock.hpp"
#include "core/time_text.hpp"
#include "http/testing/certificates.hpp"
#include "http/testing/client_fixture.hpp"
#include "simulator/api/routes.hpp"
#include "simulator/world/seeding.hpp"

namespace cdiscount::simulator {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using std::chrono::milliseconds;

// The marketplace over TLS with a private CA, on free ports, in this process.
class MarketplaceSimTest : public cdiscount::fakes::NetworkTest {
 protected:
  MarketplaceSimTest() {
    SimOptions options;
    options.tls = authority_.Issue("DNS:localhost,IP:127.0.0.1");
    sim_ = MarketplaceSim::Start(io_.get_executor(), std::move(options)).value();
    Seed(sim_->world(), {.orders = 30}, sim_->clock().Now());
    MakeClient({.ca_file = authority_.ca_file()});
  }
  ~MarketplaceSimTest() override {
    client_.reset();
    RunTask(io_, sim_->Stop());
  }

  Result<http::Response> Send(http::Request request, milliseconds timeout = kPatience) {
    return RunTask(io_, client_->Send(std::move(request), timeout));
  }
  std::string Api(const std::string& path) { return "https://localhost:" + std::to_string(sim_->api_port()) + path; }
  std::string Control(const std::string& path) {
    return "http://127.0.0.1:" + std::to_string(sim_->control_port()) + "/control/" + path;
  }
  std::string Token() {
    auto& secret = sim_->world().credentials().Find("sim-client-0001")->secret;
    http::Request request{.method = "POST", .url = Api(std::string{kTokenPath})};
    request.headers.Set("Content-Type", "application/x-www-form-urlencoded");
    request.body = http::EncodeQuery(
        {{"grant_type", "client_credentials"}, {"client_id", "sim-client-0001"}, {"client_secret", secret.Reveal()}});
    return std::string{boost::json::parse(Send(std::move(request)).value().body).at("access_token").as_string()};
  }
  http::Request Orders(const std::string& query = "") {
    http::Request request{.url = Api("/seller/v2/orders" + query)};
    request.headers.Set("Authorization", "Bearer " + Token());
    request.headers.Set("SellerId", "98979");
    return request;
  }

  cdiscount::fakes::CertificateAuthority authority_;
  std::unique_ptr<MarketplaceSim> sim_;
};

TEST_F(MarketplaceSimTest, ServesTokenAndOrdersOverTls) {
  const auto response = Send(Orders("?pageSize=10&sort=asc%3AupdatedAt"));

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(boost::json::parse(response->body).at("items").as_array().size(), 10U);
  EXPECT_EQ(sim_->world().ledger().shown().size(), 10U);
}

TEST_F(MarketplaceSimTest, ServesOverPlainHttpByTheClockOfATest) {
  const cdiscount::fakes::FakeClock clock{*ParseIso8601("2026-10-06T15:30:00Z")};
  auto plain = MarketplaceSim::Start(io_.get_executor(), {.clock = &clock}).value();
  auto& world = plain->world();
  world.AddSeller(98979, clock.Now());
  auto& mine = world.credentials().SetClient("my-shop", Secret{"s"});
  mine.sellers.insert(98979);
  const auto id = world.CreateOrder({.seller = 98979}, clock.Now()).id();

  http::Request request{.url = plain->api_url() + "/orders/" + id};
  request.headers.Set("Authorization", "Bearer " + world.credentials().Issue(mine, std::chrono::hours{2}, clock.Now()));
  request.headers.Set("SellerId", "98979");
  const auto response = Send(std::move(request));

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->headers.Get("Date"), "Tue, 06 Oct 2026 15:30:00 GMT");
  EXPECT_THAT(plain->token_url(), ::testing::StartsWith("http://127.0.0.1:"));
  RunTask(io_, plain->Stop());
}

TEST_F(MarketplaceSimTest, IsNotTrustedByWhoKnowsAnotherAuthority) {
  const cdiscount::fakes::CertificateAuthority stranger{"stranger CA"};
  auto& client = MakeClient({.ca_file = stranger.ca_file()});

  EXPECT_THAT(Get(client, Api("/seller/v2/orders")), FailsWith(ErrorCode::kUnavailable));
}

TEST_F(MarketplaceSimTest, SendsTheDateOfTheSimulatedClock) {
  sim_->clock().Set(*ParseIso8601("2027-03-01T12:00:00Z"));
  sim_->clock().Freeze();

  EXPECT_EQ(Send(Orders()).value().headers.Get("Date"), "Mon, 01 Mar 2027 12:00:00 GMT");
}

TEST_F(MarketplaceSimTest, IsSteeredOverItsSecondPort) {
  http::Request request{.method = "POST", .url = Control("faults")};
  request.body = R"({"kind":"502html","route":"orders.list"})";
  EXPECT_EQ(Send(std::move(request)).value().status, 201);

  EXPECT_EQ(Send(Orders()).value().status, 502);
  EXPECT_EQ(Send(Orders()).value().status, 200);
}

TEST_F(MarketplaceSimTest, CutsConnectionsBeforeAndInTheMiddleOfAnAnswer) {
  auto orders = Orders();
  for (const auto kind : {FaultKind::kCutConnection, FaultKind::kCutMiddle}) {
    // Forever, because the client repeats a read that a kept connection lost.
    sim_->faults().Add({.kind = kind, .route = "orders.list"});
    EXPECT_THAT(Send(orders), FailsWith(ErrorCode::kUnavailable)) << ToText(kind);
    sim_->faults().Clear();
  }
  EXPECT_EQ(Send(orders).value().status, 200);
}

TEST_F(MarketplaceSimTest, KeepsASlowAnswerBackForAsLongAsAsked) {
  auto orders = Orders();
  sim_->faults().Add({.kind = FaultKind::kSlow, .route = "orders.list", .remaining = 1, .ms = 60'000});

  EXPECT_THAT(Send(orders, milliseconds{100}), FailsWith(ErrorCode::kDeadlineExceeded));
  EXPECT_EQ(Send(orders).value().status, 200);
}

TEST_F(MarketplaceSimTest, GeneratesOrdersAndChangesByItself) {
  http::Request request{.method = "POST", .url = Control("generate")};
  request.body = R"({"orders_per_s":500,"changes_per_s":200})";
  ASSERT_EQ(Send(std::move(request)).value().status, 200);

  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (sim_->world().orders().records().size() < 80 && std::chrono::steady_clock::now() < deadline)
    io_.run_one_for(milliseconds{100});

  EXPECT_GE(sim_->world().orders().records().size(), 80U);
  EXPECT_GT(sim_->world().ledger().versions().size(), sim_->world().orders().records().size());
}

}  // namespace
}  // namespace cdiscount::simulator
