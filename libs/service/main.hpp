#pragma once

#include <functional>
#include <string_view>

#include "service/host.hpp"

namespace cdiscount::service {

/// The `main` of every service is one line: `return service::Main(argc, argv, "order-ingest", Run);`
///
///   --config FILE            settings in YAML (see settings::Table for the environment)
///   --ready-file FILE        written when everything listens: {"pid":1,"ports":{"admin":1235,"grpc":1234}}
///   --print-settings         the settings in force, secrets masked, then exit
///   --print-settings-manual  the table of settings as Markdown, then exit
///   --version, --help
///
/// Exit codes: 0 ended as asked, 1 failed, 2 wrong settings or command line (which the message names with the remedy).
/// A BadResult of kInvalidArgument that leaves `run` before RunUntilStopped counts as wrong settings.
int Main(int argc, char** argv, std::string_view name, const std::function<void(Host&)>& run);

}  // namespace cdiscount::service
