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
  service::SettingsTable table;
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
  EXPECT_THROW(Load("tokens.per_hour: 501"), service::WrongSettings);
  EXPECT_EQ(Load("tokens: {per_hour: 100}").Tokens().per_hour, 100);
}

TEST(Settings, StopTheStartWhenGrpcWouldBeOpenToOthers) {
  const auto checked = Load("grpc.address: 0.0.0.0").Check();

  EXPECT_THAT(checked, FailsWith(ErrorCode::kInvalidArgument));
}

TEST(Settings, StopTheStartWhenAKafkaPropertyIsUnknown) {
  const auto checked = Load("kafka.properties: 'no.such.property=1'").Check();

  ASSERT_THAT(checked, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(checked.error().message, HasSubstr("no.such.property"));
}

}  // namespace
}  // namespace cdiscount::auth
