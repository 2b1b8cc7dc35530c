#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cdiscount::settings {

/// One value of a settings file.
struct FileSetting {
  std::string key;  ///< With dots between the levels.
  std::string value;
  int line = 0;  ///< From 1.
};

/// The values of a YAML text in their order, and what is wrong with it, in words. A key given twice comes twice.
struct SettingsFile {
  std::vector<FileSetting> settings;
  std::vector<std::string> problems;
};
SettingsFile ReadSettingsFile(std::string_view yaml, std::string_view name);

/// A key for a message: it ends where no key can go on, because "password=hunter2" in place of a map is one key to
/// YAML.
std::string ShownKey(std::string_view key);

}  // namespace cdiscount::settings
