#include "kafka_properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace cdiscount::cli {
namespace {

Error Wrong(std::string message) {
  return Error{.code = ErrorCode::kInvalidArgument, .message = std::move(message), .field = "kafka property"};
}

Result<std::string> ReadFile(const std::string& path) {
  std::error_code failed;
  std::ifstream file(path, std::ios::binary);
  if (!std::filesystem::is_regular_file(path, failed) || !file) {
    return Wrong(fmt::format("{} is no file that can be read", path));
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

Status Add(std::map<std::string, std::string>& properties, std::string_view entry, const std::string& from) {
  const auto equals = entry.find('=');
  const auto name = Trimmed(entry.substr(0, std::min(equals, entry.size())));
  if (equals == std::string_view::npos || name.empty()) return Wrong(fmt::format("{} must be name=value", from));
  auto value = Trimmed(entry.substr(equals + 1));
  constexpr std::string_view kFile = "file:";
  if (value.starts_with(kFile)) {
    auto read = ReadFile(value.substr(kFile.size()));
    if (!read) return Wrong(fmt::format("{}: {}", name, read.error().message));
    value = *std::move(read);
    if (value.ends_with('\n')) value.pop_back();
    if (value.ends_with('\r')) value.pop_back();
  }
  properties[name] = std::move(value);
  return Ok();
}

}  // namespace

Result<std::map<std::string, std::string>> ReadKafkaProperties(const std::string& file,
                                                               const std::vector<std::string>& given) {
  std::map<std::string, std::string> properties;
  if (!file.empty()) {
    const auto text = ReadFile(file);
    if (!text) return text.error();
    int number = 0;
    for (std::string_view rest = *text; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      ++number;
      const auto first = line.find_first_not_of(" \t\r");
      if (first == std::string_view::npos || line[first] == '#') continue;
      if (const auto added = Add(properties, line, fmt::format("{}:{}", file, number)); !added) return added.error();
    }
  }
  for (const auto& entry : given) {
    if (const auto added = Add(properties, entry, "--kafka-property"); !added) return added.error();
  }
  return properties;
}

}  // namespace cdiscount::cli
