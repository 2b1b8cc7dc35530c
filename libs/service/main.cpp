#include "service/main.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstring>
#include <exception>
#include <map>
#include <sstream>
#include <string>

#include "core/core_dumps.hpp"
#include "core/read_file.hpp"
#include "settings/table.hpp"
#include "telemetry/build_info.hpp"
#include "telemetry/log.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace cdiscount::service {
namespace {

constexpr int kClean = 0, kFailed = 1, kWrongSettings = 2;

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const char* const equals = std::strchr(*entry, '=');
    if (equals != nullptr)
      variables.emplace(std::string_view(*entry, static_cast<std::size_t>(equals - *entry)), equals + 1);
  }
  return variables;
}

std::string ReadConfig(const std::string& path) {
  auto text = ReadFile(path, {.limit = std::size_t{1} << 20U});
  if (!text) throw settings::WrongSettings("--config: " + text.error().message);
  return *std::move(text);
}

int RefuseSettings(const std::string& problems) {
  std::istringstream lines(problems);
  for (std::string line; std::getline(lines, line);) log::Fatal("wrong_settings", {{"problem", line}});
  return kWrongSettings;
}

int RunHost(HostOptions options, const std::function<void(Host&)>& run) {
  Host host(std::move(options));
  try {
    run(host);
  } catch (const SettingsPrinted&) {
    return kClean;
  } catch (const BadResult& refused) {
    if (refused.error().code == ErrorCode::kInvalidArgument) return RefuseSettings(WithField(refused.error()));
    log::Fatal("start_failed", {{"code", ToString(refused.error().code)}, {"problem", refused.error().message}});
    return kFailed;
  }
  return host.failed() ? kFailed : kClean;
}

}  // namespace

int Main(int argc, char** argv, std::string_view name, const std::function<void(Host&)>& run) {
  HostOptions options;
  options.name = name;
  CLI::App app("cdiscount-connect: " + options.name, options.name);
  app.set_version_flag("--version", options.name + " " + std::string(telemetry::Version()));
  app.add_option(
         "--config", options.yaml_name,
         "Settings in YAML; the environment (" + settings::EnvironmentName(name, "a.key") + " for a.key) wins over it")
      ->type_name("FILE");
  app.add_option("--ready-file", options.ready_file, "Written when everything listens, with the pid and the ports")
      ->type_name("FILE");
  app.add_flag("--print-settings", options.print_settings, "Print the settings in force, secrets masked, and exit");
  app.add_flag("--print-settings-manual", options.print_manual, "Print the table of settings as Markdown and exit");
  app.footer("Exit codes: 0 ended as asked, 1 failed, 2 wrong settings or command line");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kClean : kWrongSettings;
  }

  AllowCoreDumps(false);  // before any secret is read; process.core_dumps takes it back
  log::SetUp(options.name, log::Level::kInfo);
  std::signal(SIGPIPE, SIG_IGN);  // a peer that hangs up is an error of the write
  try {
    if (!options.yaml_name.empty()) options.yaml = ReadConfig(options.yaml_name);
    options.environment = Environment();
    return RunHost(std::move(options), run);
  } catch (const settings::WrongSettings& wrong) {
    return RefuseSettings(wrong.what());
  } catch (const std::exception& error) {
    log::Fatal("start_failed", {{"problem", error.what()}});
  } catch (...) {
    log::Fatal("start_failed", {{"problem", "an exception that is no std::exception"}});
  }
  return kFailed;
}

}  // namespace cdiscount::service
