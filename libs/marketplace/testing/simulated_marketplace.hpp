#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "core/clock.hpp"
#include "core/testing/run_task.hpp"
#include "http/client.hpp"
#include "marketplace/authorised_orders.hpp"
#include "marketplace/rest/octopia_orders.hpp"
#include "simulator/marketplace_sim.hpp"

namespace cdiscount::fakes {

/// The simulator on a port of its own in this process, with one seller, and the product's client of it. Everything runs
/// on `io`, which the test drives.
class SimulatedMarketplace {
 public:
  static constexpr simulator::SellerId kSeller = 98979;

  /// Both outlive this object.
  SimulatedMarketplace(boost::asio::io_context& io, const Clock& clock)
      : io_(io), clock_(clock), sim_(simulator::MarketplaceSim::Start(io.get_executor(), {.clock = &clock}).value()) {
    world().AddSeller(kSeller, clock_.Now());
    world().limits.calls_per_window = 0;
    client().sellers.insert(kSeller);
  }
  ~SimulatedMarketplace() {
    http_.reset();
    RunTask(io_, sim_->Stop());
  }
  SimulatedMarketplace(const SimulatedMarketplace&) = delete;
  SimulatedMarketplace& operator=(const SimulatedMarketplace&) = delete;

  /// Its calls carry a token of the seller's client id.
  marketplace::OrdersApi& orders() { return orders_; }
  marketplace::Caller caller() const {
    return {SellerRef{.account = AccountId{"account-1"},
                      .seller = SellerId{std::to_string(kSeller)},
                      .channel = ChannelId{"CDISFR"},
                      .generation = 1}};
  }

  simulator::World& world() { return sim_->world(); }
  simulator::Faults& faults() { return sim_->faults(); }
  simulator::OrderRecord& CreateOrder(simulator::OrderWish wish = {}) {
    wish.seller = kSeller;
    return world().CreateOrder(wish, clock_.Now());
  }

 private:
  simulator::Client& client() { return world().credentials().SetClient("my-shop", Secret{"right"}); }

  class Tokens final : public marketplace::AccessTokens {
   public:
    explicit Tokens(SimulatedMarketplace& of) : of_(of) {}
    Task<Result<marketplace::AccessToken>> Get(const SellerRef&) override {
      if (token_.empty()) token_ = Issue();
      co_return marketplace::AccessToken::Of(token_);
    }
    Task<Result<marketplace::AccessToken>> Renew(const SellerRef&, std::string) override {
      token_ = Issue();
      co_return marketplace::AccessToken::Of(token_);
    }

   private:
    Secret Issue() {
      return Secret{of_.world().credentials().Issue(of_.client(), std::chrono::hours{2}, of_.clock_.Now())};
    }
    SimulatedMarketplace& of_;
    Secret token_;
  };

  boost::asio::io_context& io_;
  const Clock& clock_;
  std::unique_ptr<simulator::MarketplaceSim> sim_;
  std::unique_ptr<http::Client> http_ = std::make_unique<http::Client>(io_.get_executor(), http::ClientOptions{});
  marketplace::OctopiaOrders octopia_{*http_, {.api_url = sim_->api_url(), .token_url = sim_->token_url()}};
  Tokens tokens_{*this};
  marketplace::AuthorisedOrders orders_{octopia_, tokens_};
};

}  // namespace cdiscount::fakes
