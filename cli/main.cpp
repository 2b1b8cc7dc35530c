// cdiscountctl: what a person or a script asks the services of cdiscount-connect. See README.md.
#include <iostream>
#include <string>
#include <vector>

#include "core/core_dumps.hpp"
#include "run.hpp"

int main(int argc, char** argv) {
  cdiscount::AllowCoreDumps(false);  // it holds secrets and tokens
  return cdiscount::cli::Run(std::vector<std::string>(argv + 1, argv + argc), cdiscount::cli::TheSurroundings(),
                             {std::cin, std::cout, std::cerr});
}
