#include "telemetry/json_text.hpp"

#include <cstddef>

#include "core/unicode.hpp"

namespace cdiscount::telemetry {

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto [character, length] = FirstCharacter(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    if (character == '"' || character == '\\') out += '\\';
    // A log line and an error are read on terminals too: what JSON would let through may steer one.
    out += IsInvisible(character) ? EscapeInvisible(text.substr(0, length)) : std::string(text.substr(0, length));
    text.remove_prefix(length);
  }
  out += '"';
}

}  // namespace cdiscount::telemetry
