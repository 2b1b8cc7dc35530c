#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "http/server.hpp"
#include "simulator/control.hpp"
#include "simulator/routes.hpp"

namespace cdiscount::simulator {

struct SimOptions {
  std::string api_address = "127.0.0.1";
  std::uint16_t api_port = 0;                         ///< 0 = any free one.
  std::optional<http::ServerTls> tls = std::nullopt;  ///< None = plain HTTP, for tests of one process.
  std::string control_address = "127.0.0.1";
  std::uint16_t control_port = 0;
  std::uint64_t seed = 1;
  std::size_t reads_kept = 200'000;
};

/// The marketplace on two ports: the API over TLS, and the control API in the clear. Everything happens on one thread,
/// that of the executor; world() and faults() may be touched there only, or while it does not run.
class MarketplaceSim {
 public:
  /// Fails as http::Server::Listen does.
  static Result<std::unique_ptr<MarketplaceSim>> Start(boost::asio::any_io_executor executor, SimOptions options);
  ~MarketplaceSim();
  MarketplaceSim(const MarketplaceSim&) = delete;
  MarketplaceSim& operator=(const MarketplaceSim&) = delete;

  std::uint16_t api_port() const;
  std::uint16_t control_port() const;
  World& world();
  Faults& faults();
  SimulatedClock& clock();

  /// Ends both servers and the generator. Call it before the executor's context stops.
  Task<> Stop();

 private:
  class Impl;
  explicit MarketplaceSim(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cdiscount::simulator
