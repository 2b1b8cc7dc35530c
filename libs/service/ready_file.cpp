#include "service/ready_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace cdiscount::service {

void WriteReadyFile(const std::string& path, const std::map<std::string, std::uint16_t>& ports) {
  std::vector<std::string> pairs;
  for (const auto& [name, port] : ports) pairs.push_back(fmt::format("\"{}\":{}", name, port));
  const auto aside = fmt::format("{}.{}", path, getpid());
  {
    std::ofstream file(aside, std::ios::trunc);
    file << fmt::format("{{\"pid\":{},\"ports\":{{{}}}}}\n", getpid(), fmt::join(pairs, ","));
    file.close();
    if (!file)
      throw std::runtime_error(fmt::format("the ready file {} cannot be written: does its folder exist?", path));
  }
  std::error_code failed;
  std::filesystem::rename(aside, path, failed);
  if (failed) {
    std::filesystem::remove(aside, failed);
    throw std::runtime_error(fmt::format("the ready file {} cannot be put in place", path));
  }
}

void RemoveReadyFile(const std::string& path) noexcept {
  if (!path.empty()) unlink(path.c_str());
}

}  // namespace cdiscount::service
