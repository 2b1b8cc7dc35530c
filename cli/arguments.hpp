#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cdiscount::cli {

// Exit codes, as cli/README.md and --help give them.
inline constexpr int kOk = 0, kRefused = 1, kUsage = 2, kUnreachable = 3;

/// Where a secret comes from: a file, standard input, or (with neither) a prompt.
struct SecretSource {
  std::string file;
  bool standard_input = false;
};

struct AccountAdd {
  std::string name, seller_id, channel, client_id;
  SecretSource secret;
};
struct AccountCredentials {
  std::string account, client_id;
  SecretSource secret;
};
struct AccountList {};
struct AccountVerify {
  std::string account;
};
struct AccountDisable {
  std::string account;
};
struct AccountEnable {
  std::string account;
};
struct OrdersList {
  std::string account, status;
  int limit = 50;
};
struct OrdersShow {
  std::string order_id, seller_id, channel;
};
struct UnreadableList {
  std::string account;
  int limit = 50;
};
struct UnreadableShow {
  std::string account, id;
  bool raw = false;  ///< Also the text itself, which holds personal data.
};
struct SyncShow {
  std::string account;
};
struct EventsTail {
  std::string topic;
  bool from_beginning = false;
  bool follow = false;
  int last = 10;
  std::optional<int> max;
};
struct PrintVersion {};

using Command =
    std::variant<AccountAdd, AccountCredentials, AccountList, AccountVerify, AccountDisable, AccountEnable, OrdersList,
                 OrdersShow, UnreadableList, UnreadableShow, SyncShow, EventsTail, PrintVersion>;

struct Arguments {
  Command command;
  bool json = false;
  std::chrono::milliseconds timeout{10'000};
  // Empty: to be found elsewhere (addresses.hpp).
  std::string auth, orders, kafka, kafka_namespace, token_file;
  std::string tls_certificate, tls_key, tls_ca, tls_server_name;
  std::string kafka_properties_file;
  std::vector<std::string> kafka_properties;  ///< "name=value"
  bool kafka_allow_plaintext = false;
};

/// When there is nothing to do but to print: help (kOk), or what is wrong with the command line (kUsage).
struct Explanation {
  int exit_code = kUsage;
  std::string text;
};

/// Reads a command line, without the program's name.
std::variant<Arguments, Explanation> ParseArguments(const std::vector<std::string>& words);

}  // namespace cdiscount::cli
