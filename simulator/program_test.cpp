#include "simulator/program.hpp"

#include <gmock/gmock.h>

#include "core/testing/result_matchers.hpp"

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

}  // namespace
}  // namespace cdiscount::simulator
