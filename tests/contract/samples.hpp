#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace cdiscount::contract {

inline std::string TextOf(const std::string& name) {
  const std::string path = std::string(CDISCOUNT_CONTRACT_DIR) + "/" + name;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read the sample " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The text of a file in octopia-samples/.
inline std::string OctopiaSample(const std::string& name) {
  return TextOf("octopia-samples/" + name);
}

/// The text of a file in odd-answers/.
inline std::string OddAnswer(const std::string& name) {
  return TextOf("odd-answers/" + name);
}

}  // namespace cdiscount::contract
