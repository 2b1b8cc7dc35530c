#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace cdiscount::cli {

/// The variables that a running demo wrote for other programs.
struct DemoFile {
  std::map<std::string, std::string> variables;
  std::string
      not_followed;  ///< Why it does not count, when there is a file that does not; then there are no variables.
};

/// Reads it when it can be trusted: the file and its folder are this user's, none else can write them, and the process
/// that wrote it (DEMO_PID, begun at DEMO_STARTED: field 22 of /proc/PID/stat) runs as this user.
DemoFile ReadDemoFile(const std::filesystem::path& path);

}  // namespace cdiscount::cli
