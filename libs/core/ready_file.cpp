#include "core/ready_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

namespace cdiscount {

Status WriteReadyFile(const std::string& path, const std::map<std::string, std::uint16_t>& ports) {
  if (path.empty()) return Ok();
  const auto failed = [&](std::string_view what) {
    return Error{ErrorCode::kUnavailable, fmt::format("the ready file {} cannot be {}", path, what)};
  };
  std::vector<std::string> pairs;
  for (const auto& [name, port] : ports) pairs.push_back(fmt::format("\"{}\":{}", name, port));
  const auto aside = fmt::format("{}.{}", path, getpid());
  {
    std::ofstream file(aside, std::ios::trunc);
    file << fmt::format("{{\"pid\":{},\"ports\":{{{}}}}}\n", getpid(), fmt::join(pairs, ","));
    file.close();
    if (!file) return failed("written: does its folder exist?");
  }
  std::error_code code;
  std::filesystem::rename(aside, path, code);
  if (!code) return Ok();
  std::filesystem::remove(aside, code);
  return failed("put in place");
}

void RemoveReadyFile(const std::string& path) noexcept {
  if (!path.empty()) unlink(path.c_str());
}

}  // namespace cdiscount
