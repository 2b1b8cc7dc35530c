#include "settings/file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/trimmed.hpp"
#include "core/unicode.hpp"

namespace cdiscount::settings {
namespace {

class Reader {
 public:
  Reader(std::string_view yaml, std::string_view name, SettingsFile& file) : yaml_(yaml), name_(name), file_(file) {}

  void Read(const YAML::Node& node, const std::string& prefix) {
    for (const auto& entry : node) {
      const int line = entry.first.Mark().line + 1;
      if (!entry.first.IsScalar()) {
        Problem(line, prefix, "the key must be a word");
        continue;
      }
      const auto key = prefix.empty() ? entry.first.Scalar() : prefix + "." + entry.first.Scalar();
      if (const auto sign = SignAt(entry.first.Mark()) + SignAt(entry.second.Mark()); !sign.empty()) {
        Problem(entry.second.Mark().line + 1, key, Refusal(sign));
        continue;
      }
      switch (entry.second.Type()) {
        case YAML::NodeType::Map:
          Read(entry.second, key);
          break;
        case YAML::NodeType::Scalar:
          file_.settings.push_back({key, entry.second.Scalar(), line});
          break;
        case YAML::NodeType::Null:
        case YAML::NodeType::Undefined:
          Problem(line, key, "has no value; write one (\"\" for an empty text) or remove the line");
          break;
        case YAML::NodeType::Sequence:
          Problem(line, key, "a list is no value here; write one text");
          break;
      }
    }
  }

  /// Reports a text that YAML cannot read. YAML's own message is left out: it may hold a part of a value.
  void Broken(const YAML::Mark& mark) {
    const auto line = LineAt(mark.line);
    const auto colon = line.find(": ");
    const auto value = colon == std::string_view::npos ? std::string_view() : Trimmed(line.substr(colon + 2));
    if (const auto sign = value.empty() ? std::string() : Sign(value.front()); !sign.empty()) {
      Problem(mark.line + 1, Trimmed(line.substr(0, colon)), Refusal(sign));
    } else {
      file_.problems.push_back(
          fmt::format("{}: is not YAML (line {}, column {})", name_, mark.line + 1, mark.column + 1));
    }
  }

 private:
  /// The characters that YAML takes for the beginning of an anchor, an alias or a tag, and takes away with its word: of
  /// a secret, a part would be missing.
  static std::string Sign(char character) {
    return std::string_view("&*!").find(character) == std::string_view::npos ? "" : std::string(1, character);
  }
  static std::string Refusal(const std::string& sign) {
    return fmt::format("begins with {}, which is a sign of YAML and no part of the text; put the text in quotes",
                       sign.front());
  }
  std::string_view LineAt(int number) const {
    auto rest = yaml_;
    for (; number > 0; --number) rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
    return rest.substr(0, rest.find('\n'));
  }
  std::string SignAt(const YAML::Mark& mark) const {
    const auto line = LineAt(mark.line);
    const auto column = static_cast<std::size_t>(mark.column);
    return column < line.size() ? Sign(line[column]) : "";
  }

  void Problem(int line, std::string_view key, std::string_view what) {
    file_.problems.push_back(fmt::format("{}: {} ({}, line {})", ShownKey(key), what, name_, line));
  }

  std::string_view yaml_, name_;
  SettingsFile& file_;
};

/// Says where the text is not UTF-8 or holds a control character, at which the YAML reader would silently end.
std::optional<std::string> NoText(std::string_view yaml, std::string_view name) {
  int line = 1;
  while (!yaml.empty()) {
    const auto [character, length] = FirstCharacter(yaml);
    if (length == 0) return fmt::format("{}, line {}: is not UTF-8; save the file as UTF-8", name, line);
    const bool control = character < 0x20 && character != '\n' && character != '\r' && character != '\t';
    if (control) {
      return fmt::format("{}, line {}: holds U+{:04X}, which cannot be seen: remove it", name, line,
                         static_cast<std::uint32_t>(character));
    }
    if (character == '\n') ++line;
    yaml.remove_prefix(length);
  }
  return std::nullopt;
}

}  // namespace

std::string ShownKey(std::string_view key) {
  const auto end = key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
  return end == std::string_view::npos ? std::string(key) : std::string(key.substr(0, end)) + "...";
}

SettingsFile ReadSettingsFile(std::string_view yaml, std::string_view name) {
  SettingsFile file;
  if (auto problem = NoText(yaml, name)) {
    file.problems.push_back(*std::move(problem));
    return file;
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (yaml.starts_with(kByteOrderMark)) yaml.remove_prefix(kByteOrderMark.size());
  Reader reader(yaml, name, file);
  try {
    const auto documents = YAML::LoadAll(std::string(yaml));
    if (documents.size() > 1) {
      file.problems.push_back(
          fmt::format("{}: holds {} YAML documents; keep one (no line \"---\" between)", name, documents.size()));
    } else if (!documents.empty() && !documents[0].IsNull()) {
      if (documents[0].IsMap()) {
        reader.Read(documents[0], "");
      } else {
        file.problems.push_back(fmt::format("{}: must hold lines \"key: value\"", name));
      }
    }
  } catch (const YAML::Exception& error) {
    reader.Broken(error.mark);
  }
  return file;
}

}  // namespace cdiscount::settings
