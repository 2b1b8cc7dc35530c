#include "demo_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string_view>

#include "core/file_descriptor.hpp"

namespace cdiscount::cli {
namespace {

bool OursAlone(const struct stat& found) {
  return found.st_uid == geteuid() && (found.st_mode & 022) == 0;
}

/// The whole file, when none but this user could have written it.
std::string ReadOurs(const std::filesystem::path& path, std::string& why) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file) return {};
  struct stat found{}, folder{};
  std::string text;
  if (fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode) || stat(path.parent_path().c_str(), &folder) != 0 ||
      !OursAlone(found) || !OursAlone(folder)) {
    why = "another user owns it or may write it";
  } else {
    std::array<char, 16384> bytes{};
    const auto count = read(file.get(), bytes.data(), bytes.size());
    if (count > 0) text.assign(bytes.data(), static_cast<std::size_t>(count));
  }
  return text;
}

std::map<std::string, std::string> Parse(const std::string& text) {
  std::map<std::string, std::string> variables;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    if (equals != std::string::npos && line.front() != '#') variables[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return variables;
}

/// When a process of this user began, as /proc says it; empty when there is none.
std::string StartOf(const std::string& pid) {
  if (pid.empty() || pid.find_first_not_of("0123456789") != std::string::npos) return {};
  const auto folder = "/proc/" + pid;
  struct stat found{};
  if (stat(folder.c_str(), &found) != 0 || found.st_uid != geteuid()) return {};
  std::ifstream file(folder + "/stat");
  std::string text;
  std::getline(file, text);
  const auto name_ends = text.rfind(") ");  // the name before it may hold anything
  if (name_ends == std::string::npos) return {};
  std::istringstream rest(text.substr(name_ends + 2));
  std::string field;
  for (int number = 3; number <= 22; ++number) rest >> field;
  return field;
}

}  // namespace

DemoFile ReadDemoFile(const std::filesystem::path& path) {
  DemoFile demo;
  if (path.empty()) return demo;
  auto variables = Parse(ReadOurs(path, demo.not_followed));
  if (variables.empty()) return demo;
  const auto started = StartOf(variables["DEMO_PID"]);
  if (started.empty() || started != variables["DEMO_STARTED"]) {
    demo.not_followed = "the demo that wrote it is gone";
  } else {
    demo.variables = std::move(variables);
  }
  return demo;
}

}  // namespace cdiscount::cli
