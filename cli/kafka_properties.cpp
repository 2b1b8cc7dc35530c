#include "kafka_properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/given_value.hpp"
#include "core/read_file.hpp"
#include "core/trimmed.hpp"
#include "core/unicode.hpp"

namespace cdiscount::cli {
namespace {

Error Wrong(std::string message) {
  return Error{.code = ErrorCode::kInvalidArgument, .message = std::move(message), .field = "kafka property"};
}

Status Add(std::map<std::string, std::string>& properties, std::string_view entry, const std::string& from) {
  const auto equals = entry.find('=');
  const std::string name(Trimmed(entry.substr(0, equals)));
  if (equals == std::string_view::npos || name.empty()) return Wrong(fmt::format("{} must be name=value", from));
  auto value = ReadSecretValue(std::string(Trimmed(entry.substr(equals + 1))), name.ends_with(".pem"));
  if (!value) return Wrong(fmt::format("{}: {}", EscapeInvisible(name), value.error().message));
  properties[name] = *std::move(value);
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
      if (const auto first = Trimmed(line); first.empty() || first.front() == '#') continue;
      if (const auto added = Add(properties, line, fmt::format("{}:{}", file, number)); !added) return added.error();
    }
  }
  for (const auto& entry : given) {
    if (const auto added = Add(properties, entry, "--kafka-property"); !added) return added.error();
  }
  return properties;
}

}  // namespace cdiscount::cli
