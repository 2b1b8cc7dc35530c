#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace cdiscount::contract {

/// The text of a file in octopia-samples/.
inline std::string OctopiaSample(const std::string& name) {
  const std::string path = std::string(CDISCOUNT_CONTRACT_DIR) + "/octopia-samples/" + name;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read the sample " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace cdiscount::contract
