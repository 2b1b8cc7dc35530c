#include "service/settings_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "core/unicode.hpp"

namespace cdiscount::service {
namespace {

class Reader {
 public:
  Reader(std::string_view name, SettingsFile& file) : name_(name), file_(file) {}

  void Read(const YAML::Node& node, const std::string& prefix) {
    for (const auto& entry : node) {
      const int line = entry.first.Mark().line + 1;
      if (!entry.first.IsScalar()) {
        Problem(line, prefix, "the key must be a word");
        continue;
      }
      const auto key = prefix.empty() ? entry.first.Scalar() : prefix + "." + entry.first.Scalar();
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

 private:
  void Problem(int line, std::string_view key, std::string_view what) {
    file_.problems.push_back(fmt::format("{}: {} ({}, line {})", ShownKey(key), what, name_, line));
  }

  std::string_view name_;
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
  try {
    const auto documents = YAML::LoadAll(std::string(yaml));
    if (documents.size() > 1) {
      file.problems.push_back(
          fmt::format("{}: holds {} YAML documents; keep one (no line \"---\" between)", name, documents.size()));
    } else if (!documents.empty() && !documents[0].IsNull()) {
      if (documents[0].IsMap()) {
        Reader(name, file).Read(documents[0], "");
      } else {
        file.problems.push_back(fmt::format("{}: must hold lines \"key: value\"", name));
      }
    }
  } catch (const YAML::Exception& error) {
    file.problems.push_back(fmt::format("{}: is not YAML: {}", name, error.what()));
  }
  return file;
}

}  // namespace cdiscount::service
