#include "simulator/marketplace_sim.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace cdiscount::simulator {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kTick{10};

}  // namespace

MarketplaceSim::MarketplaceSim(asio::any_io_executor executor, const SimOptions& options)
    : executor_(std::move(executor)),
      clock_(options.clock ? *options.clock : system_),
      world_(options.seed, options.reads_kept),
      origin_(std::string{options.tls ? "https://" : "http://"} + options.api_address + ":"),
      timer_(executor_),
      stopped_(executor_, std::chrono::steady_clock::time_point::max()) {}

Result<std::unique_ptr<MarketplaceSim>> MarketplaceSim::Start(asio::any_io_executor executor, SimOptions options) {
  std::unique_ptr<MarketplaceSim> sim{new MarketplaceSim(executor, options)};
  auto api =
      http::Server::Listen(executor, {.address = options.api_address, .port = options.api_port, .tls = options.tls},
                           [self = sim.get()](http::ServerRequest request) { return self->Api(std::move(request)); });
  if (!api) return api.error();
  auto control = http::Server::Listen(
      executor, {.address = options.control_address, .port = options.control_port},
      [self = sim.get()](http::ServerRequest request) { return self->Control(std::move(request)); });
  if (!control) return control.error();
  sim->api_server_ = std::move(*api);
  sim->control_server_ = std::move(*control);
  asio::co_spawn(executor, sim->Generate(), asio::detached);
  return sim;
}

std::string MarketplaceSim::api_url() const {
  return origin_ + std::to_string(api_port()) + std::string{kBasePath};
}
std::string MarketplaceSim::token_url() const {
  return origin_ + std::to_string(api_port()) + std::string{kTokenPath};
}

Task<http::ServerResponse> MarketplaceSim::Api(http::ServerRequest request) {
  auto answer = routes_.Handle(request, clock_.Now());
  if (answer.delay.count() > 0) {
    asio::steady_timer late(executor_, answer.delay);
    co_await late.async_wait(asio::use_awaitable);
  }
  co_return std::move(answer.response);
}

Task<http::ServerResponse> MarketplaceSim::Control(http::ServerRequest request) {
  co_return control_.Handle(request);
}

Task<> MarketplaceSim::Generate() {
  auto last = system_.SteadyNow();
  boost::system::error_code failure;
  while (!stopping_) {
    timer_.expires_after(kTick);
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, failure));
    const auto now = system_.SteadyNow();
    world_.Settle(clock_.Now());
    generator_.Tick(now - last, clock_.Now());
    last = now;
  }
  stopped_.cancel();
}

Task<> MarketplaceSim::Stop() {
  if (std::exchange(stopping_, true)) co_return;
  timer_.cancel();
  boost::system::error_code failure;
  co_await stopped_.async_wait(asio::redirect_error(asio::use_awaitable, failure));
  co_await api_server_->Stop(std::chrono::milliseconds{500});
  co_await control_server_->Stop(std::chrono::milliseconds{500});
}

}  // namespace cdiscount::simulator
