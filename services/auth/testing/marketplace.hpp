#pragma once

// The marketplace as the tests of auth use it: the simulator in the process.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/issue_tokens.hpp"
#include "http/client.hpp"
#include "marketplace/rest/octopia_sellers.hpp"
#include "marketplace/rest/octopia_tokens.hpp"
#include "simulator/marketplace_sim.hpp"
#include "testing/auth_test.hpp"

namespace cdiscount::auth::fakes {

/// Lets requests for tokens through, unless a test holds them on their way, or wants an error of which the marketplace
/// knows nothing.
class TokenGate final : public marketplace::TokenApi {
 public:
  explicit TokenGate(marketplace::TokenApi& api) : api_(api) {}

  void Close() { closed_ = true; }
  void Open() {
    closed_ = false;
    for (const auto& timer : std::exchange(waiting_, {})) timer->cancel();
  }
  std::size_t waiting() const { return waiting_.size(); }
  void ThenFails(Error error) { errors_.push_back(std::move(error)); }

  Task<Result<marketplace::IssuedToken>> RequestToken(std::string client_id, Secret client_secret) override {
    if (closed_) {
      auto timer = std::make_shared<boost::asio::steady_timer>(co_await boost::asio::this_coro::executor,
                                                               std::chrono::steady_clock::time_point::max());
      waiting_.push_back(timer);
      co_await timer->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    if (!errors_.empty()) {
      const auto error = errors_.front();
      errors_.pop_front();
      co_return error;
    }
    co_return co_await api_.RequestToken(std::move(client_id), std::move(client_secret));
  }

 private:
  marketplace::TokenApi& api_;
  bool closed_ = false;
  std::deque<Error> errors_;
  std::vector<std::shared_ptr<boost::asio::steady_timer>> waiting_;
};

/// Tokens from the simulator, for accounts whose sellers and client ids it knows.
class MarketplaceTest : public AuthTest {
 protected:
  using FaultKind = simulator::FaultKind;

  /// The sellers of ANewAccount(1) and ANewAccountSharing(2, 1) with their client id are known.
  MarketplaceTest() {
    auto& world = sim_->world();
    auto& client = SetSecret("s3cret-1");
    for (const simulator::SellerId seller : {98971, 98972}) {
      world.AddSeller(seller, clock_.Now()).shop_name = "Boutique";
      client.sellers.insert(seller);
    }
    world.limits.tokens_per_hour = 0;
  }
  ~MarketplaceTest() override {
    web_.reset();  // its connections would hold up the end of the server
    Run(sim_->Stop());
  }

  /// From now on the marketplace wants this secret of "boutique-client-1".
  simulator::Client& SetSecret(const std::string& secret) {
    return sim_->world().credentials().SetClient("boutique-client-1", Secret{secret});
  }
  /// The next call of "token" or "sellers.get" fails.
  void FailNext(FaultKind kind, const std::string& route, std::int64_t seconds = 0) {
    sim_->faults().Add({.kind = kind, .route = route, .remaining = 1, .seconds = seconds});
  }
  /// How many calls of a path the marketplace was told.
  std::ptrdiff_t Calls(std::string_view path_end) {
    return std::ranges::count_if(sim_->world().ledger().reads(),
                                 [&](const auto& call) { return call.path.ends_with(path_end); });
  }
  std::ptrdiff_t TokenRequests() { return Calls("/token"); }

  std::unique_ptr<simulator::MarketplaceSim> sim_ =
      simulator::MarketplaceSim::Start(io_.get_executor(), {.clock = &clock_}).value();
  std::unique_ptr<http::Client> web_ = std::make_unique<http::Client>(io_.get_executor(), http::ClientOptions{});
  marketplace::OctopiaOptions octopia_{.api_url = sim_->api_url(), .token_url = sim_->token_url()};
  marketplace::OctopiaTokens realm_{*web_, octopia_};
  TokenGate gate_{realm_};
  marketplace::OctopiaSellers sellers_{*web_, octopia_};
  telemetry::Metrics all_metrics_{"auth"};
  Metrics metrics_{all_metrics_};
  IssueTokens tokens_{*database_, box_, gate_, metrics_, clock_, [] { return 0.0; }};
};

}  // namespace cdiscount::auth::fakes
