// cdiscountctl: what a person or a script asks the services of cdiscount-connect. See README.md.
#include <iostream>
#include <string>
#include <vector>

#include "run.hpp"

int main(int argc, char** argv) {
  return cdiscount::cli::Run(std::vector<std::string>(argv + 1, argv + argc), cdiscount::cli::TheSurroundings(),
                             {std::cin, std::cout, std::cerr});
}
