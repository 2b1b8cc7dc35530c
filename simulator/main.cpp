// cdiscount-simulator: the marketplace as far as it is known, on two ports. See README.md.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "core/ready_file.hpp"
#include "simulator/marketplace_sim.hpp"
#include "simulator/program.hpp"
#include "simulator/world/seeding.hpp"

namespace cdiscount::simulator {
namespace {

int Run(const ProgramOptions& options) {
  boost::asio::io_context io{1};
  const auto sim_options = SimOptionsOf(options);
  if (!sim_options) {
    LogLine("wrong_option", sim_options.error().message);
    return 2;
  }
  auto started = MarketplaceSim::Start(io.get_executor(), *sim_options);
  if (!started) {
    LogLine("start_failed", started.error().message);
    return 1;
  }
  auto& sim = **started;
  sim.world().limits.calls_per_window = options.calls_per_window;
  const auto& seeding = options.seeding;
  if (seeding.sellers > 0 || seeding.clients > 0) Seed(sim.world(), seeding, sim.clock().Now());

  // A signal ends the servers; the context then has nothing left to do, and run() returns.
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& failure, int) {
    if (!failure) boost::asio::co_spawn(io, sim.Stop(), boost::asio::detached);
  });
  const auto written = WriteReadyFile(options.ready_file, {{"api", sim.api_port()}, {"control", sim.control_port()}});
  if (!written) {
    LogLine("start_failed", written.error().message);
    return 1;
  }
  LogLine("started", fmt::format("API on port {}, control on port {}", sim.api_port(), sim.control_port()));
  io.run();
  LogLine("stopped", "");
  return 0;
}

}  // namespace
}  // namespace cdiscount::simulator

int main(int argc, char** argv) {
  CLI::App app{"The Octopia REST side of the marketplace, for development and tests."};
  cdiscount::simulator::ProgramOptions options;
  app.add_option("--listen", options.listen, "Address and port of the API; port 0 takes a free one")
      ->capture_default_str();
  app.add_option("--control", options.control, "Address and port of the control API, loopback only")
      ->capture_default_str();
  app.add_option("--tls-cert", options.tls_cert, "Certificate chain of the API, PEM; without it plain HTTP is spoken");
  app.add_option("--tls-key", options.tls_key, "Its private key, PEM");
  app.add_option("--ready-file", options.ready_file, "Written once both ports are open: {\"pid\":..,\"ports\":{..}}");
  app.add_option("--seed", options.seeding.seed, "Of everything that is drawn at random")->capture_default_str();
  app.add_option("--sellers", options.seeding.sellers, "Sellers to begin with, from 98979 on")->capture_default_str();
  app.add_option("--clients", options.seeding.clients, "Client ids to begin with, sim-client-0001 on")
      ->capture_default_str();
  app.add_option("--orders", options.seeding.orders, "Orders of the last day to begin with")->capture_default_str();
  app.add_option("--calls-per-window", options.calls_per_window, "Call quota per client id and 15 minutes; 0 = none")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return cdiscount::simulator::Run(options);
}
