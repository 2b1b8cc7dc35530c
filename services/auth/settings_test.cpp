#include "settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/result_matchers.hpp"

namespace cdiscount::auth {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::Succeeds;
using ::testing::HasSubstr;

Settings Load(const std::string& yaml) {
  Settings settings;
  settings::Table table;
  settings.Describe(table);
  table.Load("auth", yaml, "auth.yaml", {});
  return settings;
}

TEST(Settings, AreCompleteWithoutAFile) {
  const auto settings = Load("");

  EXPECT_THAT(settings.Check(), Succeeds());
  EXPECT_EQ(settings.grpc.port, 7101);
  EXPECT_EQ(settings.admin.port, 7201);
  EXPECT_EQ(settings.Tokens().per_hour, 500);
  EXPECT_EQ(settings.Tokens().request_timeout, settings.marketplace.octopia.timeout);
}

TEST(Settings, NeverAllowMoreTokensThanTheMarketplace) {
  EXPECT_THROW(Load("tokens.per_hour: 501"), settings::WrongSettings);
  EXPECT_EQ(Load("tokens: {per_hour: 100}").Tokens().per_hour, 100);
}

TEST(Settings, StopTheStartWhenGrpcWouldBeOpenToOthers) {
  const auto checked = Load("grpc.address: 0.0.0.0").Check();

  EXPECT_THAT(checked, FailsWith(ErrorCode::kInvalidArgument));
}

TEST(Settings, StopTheStartWhenAKafkaPropertyIsUnknown) {
  const auto checked = Load("kafka.properties: {sasl.no.such.property: 1}").Check();

  ASSERT_THAT(checked, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(checked.error().message, HasSubstr("sasl.no.such.property"));
}

TEST(Settings, StopTheStartWhenSomethingWouldGoToAnotherMachineInPlainText) {
  const std::pair<std::string, std::string> cases[] = {
      {"kafka.servers: kafka:9092", "kafka.allow_plaintext"},
      {"marketplace.api_url: http://api.example/seller/v2", "marketplace.allow_plaintext"},
      {"marketplace.token_url: http://10.0.0.7:8080/token", "marketplace.allow_plaintext"},
  };
  for (const auto& [yaml, allowed_by] : cases) {
    const auto checked = Load(yaml).Check();

    ASSERT_THAT(checked, FailsWith(ErrorCode::kInvalidArgument)) << yaml;
    EXPECT_THAT(checked.error().message, HasSubstr(allowed_by));
    EXPECT_EQ(checked.error().field, yaml.substr(0, yaml.find(':')));
    EXPECT_THAT(Load(yaml + "\n" + allowed_by + ": true").Check(), Succeeds());
  }
  EXPECT_THAT(Load("marketplace.api_url: http://127.0.0.1:8080/seller/v2").Check(), Succeeds());
}

}  // namespace
}  // namespace cdiscount::auth
