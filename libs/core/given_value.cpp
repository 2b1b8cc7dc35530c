#include "core/given_value.hpp"

#include <utility>

#include "core/read_file.hpp"
#include "core/unicode.hpp"

namespace cdiscount {
namespace {

Error Wrong(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

std::string WithoutLastLineBreak(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

Result<std::string> CleanValue(std::string_view text) {
  auto clean = CleanInput(text);
  if (!clean) return clean;
  for (const char quote : {'"', '\''}) {
    if (clean->size() >= 2 && clean->front() == quote && clean->back() == quote) {
      return Wrong("stands in quotes, which are part of the value here: remove them");
    }
  }
  return clean;
}

Result<std::string> ReadSecretValue(const std::string& text, bool keeps_lines) {
  constexpr std::string_view kFile = "file:";
  if (keeps_lines && !text.starts_with(kFile)) return WithoutLastLineBreak(text);
  auto given = CleanValue(text);
  if (!given || !given->starts_with(kFile)) return given;
  const auto path = given->substr(kFile.size());
  auto content = ReadFile(path);
  if (!content) return content;
  if (keeps_lines) {
    content = WithoutLastLineBreak(*std::move(content));
  } else {
    auto clean = CleanInput(*content);
    if (!clean) return Wrong("the file " + path + " " + clean.error().message);
    content = std::move(clean);
  }
  if (content->empty()) return Wrong("the file " + path + " is empty");
  return content;
}

}  // namespace cdiscount
