#pragma once

#include <ostream>
#include <string>

#include "addresses.hpp"
#include "core/result.hpp"

namespace cdiscount::cli {

/// An error of a server, with what the person can do about it.
struct Problem {
  Error error;
  int exit_code;
  std::string asked = {};  ///< "auth at 127.0.0.1:7101 (from --auth)": whose answer it is; empty when none was asked.
};

/// For an answer of this server: one that cannot be reached is told with its address, who named that, and the remedy.
Problem ProblemWith(const Address& server, const std::string& name, Error error);

/// As text, or as {"error":{"code":"not_found","message":"...","field":"","retry_after_seconds":3,
/// "asked":"..."}} on one line.
void Print(const Problem& problem, bool json, std::ostream& err);

}  // namespace cdiscount::cli
