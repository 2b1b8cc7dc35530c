#include "simulator/program.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/testing/result_matchers.hpp"
#include "http/testing/certificates.hpp"

namespace cdiscount::simulator {
namespace {

using cdiscount::fakes::FailsWith;

TEST(SimulatorOptions, NameTheOptionThatIsWrong) {
  const std::pair<ProgramOptions, std::string> rows[] = {
      {{.listen = "localhost"}, "--listen"},       {{.listen = "127.0.0.1:http"}, "--listen"},
      {{.listen = "127.0.0.1:99999"}, "--listen"}, {{.control = ":1"}, "--control"},
      {{.control = "0.0.0.0:0"}, "--control"},     {{.tls_cert = "cert.pem"}, "--tls-cert"}};
  for (const auto& [input, field] : rows) {
    const auto options = SimOptionsOf(input);
    ASSERT_THAT(options, FailsWith(ErrorCode::kInvalidArgument));
    EXPECT_EQ(options.error().field, field);
  }
}

TEST(SimulatorOptions, AreReadAsGiven) {
  const auto options =
      SimOptionsOf({.listen = "0.0.0.0:4431", .tls_cert = "c", .tls_key = "k", .seeding = {.seed = 9}});

  ASSERT_TRUE(options);
  EXPECT_EQ(options->api_address, "0.0.0.0");
  EXPECT_EQ(options->api_port, 4431);
  EXPECT_EQ(options->control_port, 0);
  EXPECT_EQ(options->seed, 9U);
  EXPECT_TRUE(options->tls.has_value());
}

TEST(SimulatorReadyFile, IsWholeOrNotThere) {
  const cdiscount::fakes::TemporaryDirectory folder;
  const auto path = folder.path().string() + "/ready.json";

  ASSERT_TRUE(WriteReadyFile(path, 4431, 4432));
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), "{\"pid\":" + std::to_string(getpid()) + ",\"ports\":{\"api\":4431,\"control\":4432}}\n");
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  EXPECT_THAT(WriteReadyFile(folder.path().string() + "/no/such/place.json", 1, 2), FailsWith(ErrorCode::kUnavailable));
}

}  // namespace
}  // namespace cdiscount::simulator
