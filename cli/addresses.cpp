#include "addresses.hpp"

#include <signal.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <system_error>

namespace cdiscount::cli {
namespace {

using Variables = std::map<std::string, std::string>;

constexpr const char* kDemoFile = "build/demo/demo.env";
constexpr const char* kNames[] = {"CDISCOUNT_AUTH_ADDRESS", "CDISCOUNT_ORDERS_ADDRESS", "CDISCOUNT_KAFKA",
                                  "CDISCOUNT_KAFKA_NAMESPACE"};

Variables ReadVariables(const std::filesystem::path& path) {
  Variables variables;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto equals = line.find('=');
    if (equals != std::string::npos && line.front() != '#') variables[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return variables;
}

bool Alive(const std::string& pid) {
  char* end = nullptr;
  const long number = std::strtol(pid.c_str(), &end, 10);
  if (*end != '\0' || number <= 0) return false;
  return kill(static_cast<pid_t>(number), 0) == 0 || errno == EPERM;
}

Variables FindDemo(const std::vector<std::filesystem::path>& look_from) {
  for (auto folder : look_from) {
    for (;;) {
      std::error_code failed;
      const auto file = folder / kDemoFile;
      if (std::filesystem::is_regular_file(file, failed)) {
        auto variables = ReadVariables(file);
        const auto pid = variables.find("DEMO_PID");
        if (pid == variables.end() || Alive(pid->second)) return variables;
      }
      const auto parent = folder.parent_path();
      if (parent == folder) break;
      folder = parent;
    }
  }
  return {};
}

class Finder {
 public:
  explicit Finder(const Surroundings& around) : environment_(around.environment), demo_(FindDemo(around.look_from)) {}

  Address Find(const std::string& given, const char* flag, const char* name, const char* fallback) const {
    if (!given.empty()) return {given, flag};
    if (const auto found = Get(environment_, name)) return {*found, name};
    if (const auto found = Get(demo_, name)) return {*found, std::string("the demo's ") + kDemoFile};
    return {fallback, "the default"};
  }

 private:
  static std::optional<std::string> Get(const Variables& variables, const char* name) {
    const auto found = variables.find(name);
    if (found == variables.end() || found->second.empty()) return std::nullopt;
    return found->second;
  }
  const Variables& environment_;
  const Variables demo_;
};

}  // namespace

Surroundings TheSurroundings() {
  Surroundings around;
  for (const auto* name : kNames) {
    if (const auto* value = std::getenv(name)) around.environment[name] = value;
  }
  std::error_code failed;
  if (auto here = std::filesystem::current_path(failed); !failed) around.look_from.push_back(std::move(here));
  if (auto self = std::filesystem::read_symlink("/proc/self/exe", failed); !failed)
    around.look_from.push_back(self.parent_path());
  return around;
}

Addresses FindAddresses(const Arguments& arguments, const Surroundings& around) {
  const Finder finder(around);
  return {.auth = finder.Find(arguments.auth, "--auth", "CDISCOUNT_AUTH_ADDRESS", "127.0.0.1:7101"),
          .orders = finder.Find(arguments.orders, "--orders", "CDISCOUNT_ORDERS_ADDRESS", "127.0.0.1:7102"),
          .kafka = finder.Find(arguments.kafka, "--kafka", "CDISCOUNT_KAFKA", "127.0.0.1:9092"),
          .kafka_namespace =
              finder.Find(arguments.kafka_namespace, "--kafka-namespace", "CDISCOUNT_KAFKA_NAMESPACE", "").target};
}

}  // namespace cdiscount::cli
