#pragma once

#include <google/protobuf/message.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace cdiscount::cli {

// Exit codes, as cli/README.md and --help give them.
inline constexpr int kOk = 0, kRefused = 1, kUsage = 2, kUnreachable = 3;

/// Where a secret comes from: a file, standard input, or (with neither) a prompt.
struct SecretSource {
  std::string file;
  bool standard_input = false;
};

struct Command;

struct Arguments {
  const Command* command = nullptr;
  std::shared_ptr<google::protobuf::Message> request;  ///< Filled in, but for the secret.
  SecretSource secret;
  std::string service;  ///< To ask, by its word in services.json; empty: the one whose call the request is.
  bool json = false;
  std::chrono::milliseconds timeout{10'000};
  std::map<std::string, std::string> given;   ///< Of ConnectionFlags(), by flag; the others are found elsewhere.
  std::vector<std::string> kafka_properties;  ///< "name=value"
  bool kafka_allow_plaintext = false;
};

/// A text to print instead of running a command: help, or the version.
struct Explanation {
  std::string text;
};

/// Reads a command line, without the program's name. An Error says what is wrong with it, and what was perhaps meant;
/// its field is the flag at fault.
std::variant<Arguments, Explanation, Error> ParseArguments(const std::vector<std::string>& words,
                                                           SysTime now = SystemClock().Now());

/// The completions of the last word, which may be empty, each with its meaning. None where a file name or a text of the
/// person's own belongs.
using Candidates = std::vector<std::pair<std::string, std::string>>;
Candidates Complete(const std::vector<std::string>& words);

}  // namespace cdiscount::cli
