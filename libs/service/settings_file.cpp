#include "service/settings_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

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
    file_.problems.push_back(fmt::format("{}: {} ({}, line {})", key, what, name_, line));
  }

  std::string_view name_;
  SettingsFile& file_;
};

}  // namespace

SettingsFile ReadSettingsFile(std::string_view yaml, std::string_view name) {
  SettingsFile file;
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
