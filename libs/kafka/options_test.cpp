#include "kafka/options.hpp"

#include "core/testing/result_matchers.hpp"

namespace cdiscount::kafka {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::HasSubstr;

TEST(KafkaOptions, PutTheNamespaceInFrontOfEveryName) {
  EXPECT_EQ(KafkaOptions{}.Prefixed("orders"), "orders");
  EXPECT_EQ(KafkaOptions{.namespace_prefix = "test1"}.Prefixed("orders"), "test1.orders");
}

TEST(KafkaOptions, AreRefusedWithTheNameOfTheProperty) {
  struct Case {
    KafkaOptions options;
    std::string named;
  };
  const Case cases[] = {
      {{.bootstrap_servers = ""}, "no Kafka server"},
      {{.namespace_prefix = "a b"}, "\"a b\""},
      {{.bootstrap_servers = "127.0.0.1:99999"}, "127.0.0.1:99999"},
      {{.bootstrap_servers = "127.0.0.1:9092,:1"}, "\":1\""},
      {{.properties = {{"acks", "0"}}}, "acks"},
      {{.properties = {{"isolation.level", "read_uncommitted"}}}, "isolation.level"},
      {{.properties = {{"sasl.nonsense", "1"}}}, "sasl.nonsense"},
      {{.properties = {{"security.protocol", "carrier-pigeon"}}}, "carrier-pigeon"},
  };
  for (const auto& [options, named] : cases) {
    const auto status = Validate(options);

    ASSERT_THAT(status, FailsWith(ErrorCode::kInvalidArgument)) << named;
    EXPECT_THAT(status.error().message, HasSubstr(named));
  }
}

TEST(KafkaOptions, SendNothingInPlainTextToAnotherMachine) {
  const KafkaOptions refused[] = {
      {.bootstrap_servers = "broker:9092"},
      {.bootstrap_servers = "127.0.0.1:9092,10.0.0.7:9092"},
      {.bootstrap_servers = "broker"},
      {.bootstrap_servers = "broker:9092", .properties = {{"security.protocol", "PLAINTEXT"}}},
      {.bootstrap_servers = "broker:9092", .properties = {{"security.protocol", "sasl_plaintext"}}},
  };
  for (auto options : refused) {
    const auto status = Validate(options);

    ASSERT_THAT(status, FailsWith(ErrorCode::kInvalidArgument));
    EXPECT_EQ(status.error().field, "kafka.servers");
    EXPECT_THAT(status.error().message, HasSubstr("kafka.allow_plaintext"));
    options.allow_plaintext = true;
    EXPECT_THAT(Validate(options), Succeeds());
  }
  EXPECT_THAT(Validate({.bootstrap_servers = "localhost:9092,127.0.0.1:9093,[::1]:9094"}), Succeeds());
  EXPECT_THAT(Validate({.bootstrap_servers = "broker:9093", .properties = {{"security.protocol", "SASL_SSL"}}}),
              Succeeds());
}

TEST(KafkaOptions, MayNameHowToReachASecuredCluster) {
  EXPECT_THAT(Validate({.bootstrap_servers = "broker:9093",
                        .namespace_prefix = "test-1.a_b",
                        .properties = {{"security.protocol", "sasl_ssl"}, {"sasl.mechanism", "SCRAM-SHA-512"}}}),
              Succeeds());
}

}  // namespace
}  // namespace cdiscount::kafka
