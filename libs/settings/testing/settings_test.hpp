#pragma once

// The fixture of the tests of settings: a table of a service that does not exist.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "settings/table.hpp"

namespace cdiscount::fakes {

enum class Mode { kPlain, kFancy };

/// A row of each type.
struct Settings {
  std::string url = "sqlite://x.db";
  std::string folder;
  std::string password;
  std::map<std::string, std::string> properties;
  bool reflection = false;
  std::uint16_t port = 7102;
  std::chrono::milliseconds period{15'000};
  std::chrono::seconds idle{60};
  std::size_t limit = std::size_t{4} << 20U;
  Mode mode = Mode::kPlain;

  void Describe(settings::Table& table) {
    table.Text("database.url", url, "Where orders are kept.");
    table.Path("data.folder", folder, "For what is temporary.");
    table.SecretText("database.password", password, "Of the database.");
    table.SecretMap("kafka.properties", properties, "More.",
                    [](std::string_view name) { return name == "ssl.ca.pem"; });
    table.Flag("grpc.reflection", reflection, "Lets tools ask.");
    table.Integer("grpc.port", port, {0, 65535}, "", "Where it listens.");
    table.Duration("polling.period", period, {std::chrono::seconds{1}, std::chrono::hours{1}}, "Between polls.");
    table.Duration("polling.idle", idle, {std::chrono::seconds{1}, std::chrono::hours{1}},
                   "Between polls of a quiet account.");
    table.Size("grpc.message_limit", limit, {1024, std::size_t{64} << 20U}, "Of one message.");
    table.Choice("output.mode", mode, {{"plain", Mode::kPlain}, {"fancy", Mode::kFancy}}, "How it looks.");
  }
};

class SettingsTest : public ::testing::Test {
 protected:
  SettingsTest() { settings_.Describe(table_); }

  /// The problems that Load finds; empty when there are none.
  std::string Load(const std::string& yaml, const std::map<std::string, std::string>& environment = {}) {
    try {
      table_.Load("order-ingest", yaml, "x.yaml", environment);
    } catch (const settings::WrongSettings& wrong) {
      return wrong.what();
    }
    return "";
  }

  Settings settings_;
  settings::Table table_;
};

}  // namespace cdiscount::fakes
