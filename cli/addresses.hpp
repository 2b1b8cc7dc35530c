#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "rpc/channel.hpp"

namespace cdiscount::cli {

/// The surroundings of the program: its environment and the demo. A parameter, so that tests can make their own.
struct Surroundings {
  std::map<std::string, std::string> environment;
  /// Where a demo of the build that this binary belongs to makes itself known. Empty = nowhere.
  std::filesystem::path demo_file = {};
};

/// The surroundings of this process.
Surroundings TheSurroundings();

/// An address and who named it, for messages.
struct Address {
  std::string target;           ///< "host:port"
  std::string source;           ///< "--auth", "CDISCOUNT_AUTH_ADDRESS", "the demo (/.../demo.env)", "the default"
  std::string token_file = {};  ///< Of a gRPC server.
};

struct Addresses {
  std::map<std::string, Address, std::less<>> services;  ///< By their word in services.json: "auth", "orders".
  Address kafka;
  std::string kafka_namespace;
  std::string kafka_properties_file;  ///< May be empty.
  bool kafka_allow_plaintext = false;
  std::optional<rpc::MutualTls> tls;  ///< When a file of it was named.
  std::string tls_server_name;

  /// To one of the gRPC servers.
  rpc::ChannelOptions ChannelTo(const Address& server) const {
    return {.target = server.target, .tls = tls, .server_name = tls_server_name, .token_file = server.token_file};
  }
};

/// A flag that says how something is reached, and the variable that does when it is not given.
struct ConnectionFlag {
  std::string flag, variable, type, help, fallback = {};
};
const std::vector<ConnectionFlag>& ConnectionFlags();

/// Finds the servers: flags, else the environment, else a running demo's file (the same names as in the environment,
/// and DEMO_PID and DEMO_STARTED, which say which process wrote it), else the fixed default ports. The file counts only
/// when it and its folder are this user's, none else can write them, and that process runs.
Addresses FindAddresses(const Arguments& arguments, const Surroundings& around);

}  // namespace cdiscount::cli
