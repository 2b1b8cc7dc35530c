#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "simulator/marketplace_sim.hpp"

namespace cdiscount::simulator {

/// The command line as it was written.
struct ProgramInput {
  std::string listen = "127.0.0.1:0";
  std::string control = "127.0.0.1:0";
  std::string tls_cert, tls_key, ready_file;
  std::uint64_t seed = 1, sellers = 0, clients = 0, orders = 0;
  std::uint32_t calls_per_window = 600;
};

/// The command line as it was meant.
struct ProgramOptions {
  SimOptions sim;
  std::string ready_file;
  std::uint64_t sellers = 0, clients = 0, orders = 0;
  std::uint32_t calls_per_window = 600;
};

/// Fails with kInvalidArgument naming the option: an address that is none, a control API that is not on loopback, a
/// certificate without its key.
Result<ProgramOptions> Check(const ProgramInput& input);

/// `{"pid":1234,"ports":{"api":4431,"control":4432}}`, complete or not there. An empty path writes nothing.
Status WriteReadyFile(const std::string& path, std::uint16_t api_port, std::uint16_t control_port);

/// One JSON line on stderr.
void LogLine(std::string_view event, std::string_view message);

}  // namespace cdiscount::simulator
