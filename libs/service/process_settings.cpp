#include "service/process_settings.hpp"

#include <cstdio>

#include "core/core_dumps.hpp"

namespace cdiscount::service {

using namespace std::chrono_literals;

void ProcessSettings::Describe(settings::Table& table) {
  table.Choice("log.level", log_level,
               {{"debug", log::Level::kDebug},
                {"info", log::Level::kInfo},
                {"warn", log::Level::kWarn},
                {"error", log::Level::kError}},
               "Which log lines are written.");
  table.Duration("stop.grace", grace, {100ms, 10min},
                 "How long an end in order may take before the process gives up and exits with 1.");
  table.Flag("process.core_dumps", core_dumps,
             "Lets a crash write the memory, which holds secrets and personal data, to disk, and a debugger look into "
             "it.");
}

ProcessSettings LoadSettings(const HostOptions& options, const std::function<void(settings::Table&)>& describe) {
  ProcessSettings process;
  settings::Table table;
  process.Describe(table);
  describe(table);
  if (options.print_manual) {
    std::fputs(table.Manual(options.name).c_str(), stdout);
    throw SettingsPrinted{};
  }
  table.Load(options.name, options.yaml, options.yaml_name, options.environment);
  log::SetUp(options.name, process.log_level);
  if (process.core_dumps) AllowCoreDumps(true);
  if (options.print_settings) {
    std::fputs(table.Print().c_str(), stdout);
    throw SettingsPrinted{};
  }
  return process;
}

}  // namespace cdiscount::service
