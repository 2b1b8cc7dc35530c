#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "arguments.hpp"

namespace cdiscount::cli {

/// What the program finds around itself; a parameter, so that tests can make their own.
struct Surroundings {
  std::map<std::string, std::string> environment;
  /// Folders from which a demo's file is looked for, upwards: the working directory, then the binary's.
  std::vector<std::filesystem::path> look_from;
};

/// The surroundings of this process.
Surroundings TheSurroundings();

/// An address and who named it, for messages.
struct Address {
  std::string target;  ///< "host:port"
  std::string source;  ///< "--auth", "CDISCOUNT_AUTH_ADDRESS", "the demo (build/demo/demo.env)", "the default port"
};

struct Addresses {
  Address auth, orders, kafka;
  std::string kafka_namespace;
};

/// Finds the servers: flags, else the environment, else a running demo's build/demo/demo.env (the same names as in the
/// environment, and DEMO_PID: a file whose process is gone does not count), else the fixed default ports.
Addresses FindAddresses(const Arguments& arguments, const Surroundings& around);

}  // namespace cdiscount::cli
