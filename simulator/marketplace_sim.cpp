#include "simulator/marketplace_sim.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "simulator/api/routes.hpp"
#include "simulator/control/control.hpp"

namespace cdiscount::simulator {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kTick{10};

}  // namespace

class MarketplaceSim::Impl {
 public:
  Impl(asio::any_io_executor executor_, const SimOptions& options)
      : executor(std::move(executor_)),
        clock(options.clock ? *options.clock : system),
        world(options.seed, options.reads_kept),
        origin(std::string{options.tls ? "https://" : "http://"} + options.api_address + ":"),
        timer(executor),
        stopped(executor) {}

  Task<http::ServerResponse> Api(http::ServerRequest request) {
    auto answer = routes.Handle(request, clock.Now());
    if (answer.delay.count() > 0) {
      asio::steady_timer late(executor, answer.delay);
      co_await late.async_wait(asio::use_awaitable);
    }
    co_return std::move(answer.response);
  }

  Task<http::ServerResponse> Control(http::ServerRequest request) { co_return control.Handle(request); }

  // Ends when `timer` is cancelled; then `stopped` fires.
  Task<> Generate() {
    auto last = system.SteadyNow();
    boost::system::error_code failure;
    while (!stopping) {
      timer.expires_after(kTick);
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, failure));
      const auto now = system.SteadyNow();
      world.Settle(clock.Now());
      generator.Tick(now - last, clock.Now());
      last = now;
    }
    stopped.cancel();
  }

  asio::any_io_executor executor;
  SystemClock system;
  SimulatedClock clock;
  World world;
  std::string origin;  // of the API, up to the port
  Faults faults;
  Generator generator{world};
  OctopiaRoutes routes{world, faults};
  ControlRoutes control{world, faults, generator, clock};
  asio::steady_timer timer, stopped;
  bool stopping = false;
  std::unique_ptr<http::Server> api_server, control_server;
};

MarketplaceSim::MarketplaceSim(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MarketplaceSim::~MarketplaceSim() = default;

Result<std::unique_ptr<MarketplaceSim>> MarketplaceSim::Start(asio::any_io_executor executor, SimOptions options) {
  auto impl = std::make_unique<Impl>(executor, options);
  auto* self = impl.get();
  auto api =
      http::Server::Listen(executor, {.address = options.api_address, .port = options.api_port, .tls = options.tls},
                           [self](http::ServerRequest request) { return self->Api(std::move(request)); });
  if (!api) return api.error();
  auto control =
      http::Server::Listen(executor, {.address = options.control_address, .port = options.control_port},
                           [self](http::ServerRequest request) { return self->Control(std::move(request)); });
  if (!control) return control.error();
  self->api_server = std::move(*api);
  self->control_server = std::move(*control);
  self->stopped.expires_at(std::chrono::steady_clock::time_point::max());
  asio::co_spawn(executor, self->Generate(), asio::detached);
  return std::unique_ptr<MarketplaceSim>{new MarketplaceSim(std::move(impl))};
}

std::uint16_t MarketplaceSim::api_port() const {
  return impl_->api_server->port();
}
std::uint16_t MarketplaceSim::control_port() const {
  return impl_->control_server->port();
}
std::string MarketplaceSim::api_url() const {
  return impl_->origin + std::to_string(api_port()) + std::string{kBasePath};
}
std::string MarketplaceSim::token_url() const {
  return impl_->origin + std::to_string(api_port()) + std::string{kTokenPath};
}
World& MarketplaceSim::world() {
  return impl_->world;
}
Faults& MarketplaceSim::faults() {
  return impl_->faults;
}
SimulatedClock& MarketplaceSim::clock() {
  return impl_->clock;
}

Task<> MarketplaceSim::Stop() {
  if (std::exchange(impl_->stopping, true)) co_return;
  impl_->timer.cancel();
  boost::system::error_code failure;
  co_await impl_->stopped.async_wait(asio::redirect_error(asio::use_awaitable, failure));
  co_await impl_->api_server->Stop(std::chrono::milliseconds{500});
  co_await impl_->control_server->Stop(std::chrono::milliseconds{500});
}

}  // namespace cdiscount::simulator
