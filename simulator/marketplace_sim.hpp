#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/task.hpp"
#include "http/server.hpp"
#include "simulator/api/faults.hpp"
#include "simulator/api/routes.hpp"
#include "simulator/control/control.hpp"
#include "simulator/world/generator.hpp"
#include "simulator/world/simulated_clock.hpp"
#include "simulator/world/world.hpp"

namespace cdiscount::simulator {

struct SimOptions {
  std::string api_address = "127.0.0.1";
  std::uint16_t api_port = 0;                         ///< 0 = any free one.
  std::optional<http::ServerTls> tls = std::nullopt;  ///< None = plain HTTP, for tests of one process.
  std::string control_address = "127.0.0.1";
  std::uint16_t control_port = 0;
  std::uint64_t seed = 1;
  std::size_t reads_kept = 200'000;
  const Clock* clock = nullptr;  ///< Outlives the simulator. Null = the machine's.
};

/// The marketplace on two ports: the API, over TLS or plain, and the control API. The program runs it, and a test
/// starts it in its own process. Everything happens on the executor's thread: touch world(), faults() and clock()
/// there, or while the executor does not run.
class MarketplaceSim {
 public:
  /// Fails as http::Server::Listen does.
  static Result<std::unique_ptr<MarketplaceSim>> Start(boost::asio::any_io_executor executor, SimOptions options);
  MarketplaceSim(const MarketplaceSim&) = delete;
  MarketplaceSim& operator=(const MarketplaceSim&) = delete;

  std::uint16_t api_port() const { return api_server_->port(); }
  std::uint16_t control_port() const { return control_server_->port(); }
  std::string api_url() const;    ///< "http://127.0.0.1:4431/seller/v2"
  std::string token_url() const;  ///< Where the token realm is asked.
  World& world() { return world_; }
  Faults& faults() { return faults_; }
  SimulatedClock& clock() { return clock_; }

  /// Ends both servers and the generator. Call it before the executor's context stops.
  Task<> Stop();

 private:
  MarketplaceSim(boost::asio::any_io_executor executor, const SimOptions& options);
  Task<http::ServerResponse> Api(http::ServerRequest request);
  Task<http::ServerResponse> Control(http::ServerRequest request);
  /// Ends when `timer_` is cancelled; then `stopped_` fires.
  Task<> Generate();

  boost::asio::any_io_executor executor_;
  SystemClock system_;
  SimulatedClock clock_;
  World world_;
  std::string origin_;  // of the API, up to the port
  Faults faults_;
  Generator generator_{world_};
  OctopiaRoutes routes_{world_, faults_};
  ControlRoutes control_{world_, faults_, generator_, clock_};
  boost::asio::steady_timer timer_, stopped_;
  bool stopping_ = false;
  std::unique_ptr<http::Server> api_server_, control_server_;
};

}  // namespace cdiscount::simulator
