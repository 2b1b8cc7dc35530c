#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "addresses.hpp"

namespace cdiscount::cli {

/// Where the program reads and writes; a parameter, so that tests can look.
struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

/// Does what the words of the command line ask for, and gives the exit code. Results go to `out`, problems to `err`.
int Run(const std::vector<std::string>& words, const Surroundings& around, Streams streams);

}  // namespace cdiscount::cli
