#include "app/order_events.hpp"

#include <gmock/gmock.h>

#include "cdiscount/events/v1/order_event.pb.h"
#include "crypto/testing/key_file.hpp"
#include "testing/an_order.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::kNoon;

NewVersion Version(std::int64_t number, OrderEventType type, bool recipients_changed = false) {
  const auto order = AnOrder("A-1");
  return {.key = OrderKey::Of(order),
          .order = order.SerializeAsString(),
          .decision = {.verdict = Verdict::kChanged,
                       .version = number,
                       .status = ORDER_STATUS_IN_PREPARATION,
                       .event = type,
                       .recipients_changed = recipients_changed},
          .previous_status = ORDER_STATUS_ACCEPTED,
          .fingerprint = {"content", "people"},
          .observed_at = kNoon,
          .account = AccountId{"account-1"},
          .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
}

TEST(OrderEvents, AVersionIsOneEventAndItsRecipientsWhenTheyChanged) {
  EXPECT_EQ(EventsOf(Version(2, ORDER_EVENT_TYPE_READY_TO_SHIP)).size(), 1U);
  const auto events = EventsOf(Version(2, ORDER_EVENT_TYPE_READY_TO_SHIP, true));

  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].topic, "cdiscount.order.events.v1");
  EXPECT_EQ(events[0].key, "CDISFR/98979/A-1");
  EXPECT_EQ(events[0].type, "com.cdiscount-connect.order.ready_to_ship.v1");
  EXPECT_EQ(events[0].subject, "A-1");
  EXPECT_EQ(events[1].topic, "cdiscount.order.recipients.v1");
  EXPECT_FALSE(events[1].value) << "people are read when the row is published";
}

TEST(OrderEvents, AnEventSaysWhatWasAndWhatIs) {
  events::v1::OrderEvent event;
  ASSERT_TRUE(event.ParseFromString(*EventsOf(Version(2, ORDER_EVENT_TYPE_READY_TO_SHIP))[0].value));

  EXPECT_EQ(event.version(), 2);
  EXPECT_EQ(event.previous_status(), ORDER_STATUS_ACCEPTED);
  EXPECT_EQ(event.order().status(), ORDER_STATUS_IN_PREPARATION);
  EXPECT_EQ(event.account_id(), "account-1");
  EXPECT_EQ(event.observed_at().seconds(), 1'790'000'000);
}

TEST(OrderEvents, AMessageIsWrittenAsProtobufWritesIt) {
  const auto value = *EventsOf(Version(2, ORDER_EVENT_TYPE_READY_TO_SHIP))[0].value;
  events::v1::OrderEvent event;

  ASSERT_TRUE(event.ParseFromString(value));
  EXPECT_EQ(event.SerializeAsString(), value);
}

TEST(OrderEvents, TheStateTopicIsTheCompactedCopyOfTheEvents) {
  const cdiscount::fakes::KeyFile key;
  const auto box = *crypto::SealedBox::Load(key.path());
  const auto topics = RelayFor({}, box).topics;

  ASSERT_EQ(topics.size(), 3U);
  EXPECT_EQ(topics[1].name, "cdiscount.order.state.v1");
  EXPECT_EQ(topics[1].copy_of, topics[0].name);
  EXPECT_TRUE(topics[1].compacted);
  EXPECT_EQ(topics[2].Primary(), "cdiscount.order.recipients.v1");
}

TEST(OrderEvents, TheIdFollowsFromTheFact) {
  const auto id = EventsOf(Version(2, ORDER_EVENT_TYPE_READY_TO_SHIP))[0].id;

  EXPECT_EQ(EventsOf(Version(2, ORDER_EVENT_TYPE_READY_TO_SHIP))[0].id, id);
  EXPECT_NE(EventsOf(Version(3, ORDER_EVENT_TYPE_READY_TO_SHIP))[0].id, id);
  EXPECT_NE(EventsOf(Version(2, ORDER_EVENT_TYPE_CHANGED))[0].id, id);
  EXPECT_NE(EventsOf(Version(2, ORDER_EVENT_TYPE_READY_TO_SHIP, true))[1].id, id);
}

}  // namespace
}  // namespace cdiscount::order_ingest
