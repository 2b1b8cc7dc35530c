#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "simulator/marketplace_sim.hpp"
#include "simulator/world/seeding.hpp"

namespace cdiscount::simulator {

/// The command line.
struct ProgramOptions {
  std::string listen = "127.0.0.1:0";
  std::string control = "127.0.0.1:0";
  std::string tls_cert, tls_key, ready_file;
  SeedPlan seeding{.sellers = 0, .clients = 0};
  std::uint32_t calls_per_window = 600;
};

/// Fails with kInvalidArgument naming the option: a malformed address, a control API that is not on loopback, a
/// certificate without its key.
Result<SimOptions> SimOptionsOf(const ProgramOptions& program);

/// One JSON line on stderr.
void LogLine(std::string_view event, std::string_view message);

}  // namespace cdiscount::simulator
