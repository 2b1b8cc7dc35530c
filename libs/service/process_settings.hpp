#pragma once

#include <chrono>
#include <functional>

#include "service/host.hpp"
#include "settings/table.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::service {

/// The settings that every service has beside its own.
struct ProcessSettings {
  log::Level log_level = log::Level::kInfo;
  std::chrono::milliseconds grace{20'000};
  bool core_dumps = false;

  void Describe(settings::Table& table);
};

/// Loads them together with the service's own, which `describe` adds to the table, and puts log level and core dumps
/// into force. Throws settings::WrongSettings; SettingsPrinted when the options ask for the settings or their manual.
ProcessSettings LoadSettings(const HostOptions& options, const std::function<void(settings::Table&)>& describe);

}  // namespace cdiscount::service
