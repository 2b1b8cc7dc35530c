#include "app/account_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cdiscount/events/v1/account_event.pb.h"

namespace cdiscount::auth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr SysTime kChanged{std::chrono::microseconds{1'790'000'000'123'456}};

Account AnAccount() {
  return Account{{.id = AccountId{"0b9d6f2a-1c3e-4b7a-8a55-d3f2c1b0a987"},
                  .name = "Boutique Claire",
                  .seller_id = SellerId{"98979"},
                  .sales_channel_id = ChannelId{"CDISFR"},
                  .client_id = ClientId{"claire-shop-1"},
                  .refusal = "Refused.",
                  .version = 7,
                  .generation = 3,
                  .created_at = kChanged - std::chrono::hours{1},
                  .changed_at = kChanged}};
}

TEST(AccountEvents, SayWhatTheAccountIsNow) {
  const auto event = ToEvent(AnAccount(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

  EXPECT_EQ(event.topic, "cdiscount.accounts.v1");
  EXPECT_EQ(event.key, "0b9d6f2a-1c3e-4b7a-8a55-d3f2c1b0a987");
  EXPECT_EQ(event.subject, event.key);
  EXPECT_EQ(event.version, 7);
  EXPECT_EQ(event.type, "com.cdiscount-connect.account.changed.v1");
  EXPECT_EQ(event.time, kChanged);
  EXPECT_EQ(event.traceparent, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  events::v1::AccountEvent message;
  ASSERT_TRUE(event.value && message.ParseFromString(*event.value));
  EXPECT_EQ(message.account_id(), event.key);
  EXPECT_EQ(message.name(), "Boutique Claire");
  EXPECT_EQ(message.seller_id(), "98979");
  EXPECT_EQ(message.sales_channel_id(), "CDISFR");
  EXPECT_EQ(message.state(), events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS);
  EXPECT_EQ(message.version(), 7);
  EXPECT_EQ(message.generation(), 3);
  EXPECT_EQ(message.changed_at().seconds(), 1'790'000'000);
  EXPECT_EQ(message.changed_at().nanos(), 123'456'000);
}

TEST(AccountEvents, HaveTheSameIdForTheSameFactAndAnotherForTheNextVersion) {
  auto next = AnAccount().fields();
  next.version += 1;

  EXPECT_EQ(ToEvent(AnAccount(), "").id, ToEvent(AnAccount(), "a trace").id);
  EXPECT_NE(ToEvent(AnAccount(), "").id, ToEvent(Account{next}, "").id);
}

TEST(AccountEvents, GoToACompactedTopic) {
  const auto options = RelayFor({.bootstrap_servers = "kafka:9092"});

  EXPECT_EQ(options.kafka.bootstrap_servers, "kafka:9092");
  ASSERT_EQ(options.topics.size(), 1U);
  EXPECT_EQ(options.topics.front().name, "cdiscount.accounts.v1");
  EXPECT_TRUE(options.topics.front().compacted);
}

TEST(AccountEvents, DoNotNameTheClientId) {
  EXPECT_THAT(*ToEvent(AnAccount(), "").value, Not(HasSubstr("claire-shop-1")));
}

}  // namespace
}  // namespace cdiscount::auth
