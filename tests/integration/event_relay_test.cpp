// The event relay on a real Kafka, on the engine that POSTGRES_URL chooses.
#include "core/testing/result_matchers.hpp"
#include "kafka/testing/parse_cloud_event.hpp"
#include "relay_harness.hpp"

namespace cdiscount::outbox {
namespace {

using namespace std::chrono_literals;
using fakes::Eventually;
using fakes::kCopies;
using fakes::kEvents;
using fakes::kStates;
using fakes::ReadTopic;
using fakes::RunningRelay;
using fakes::Succeeds;
using ::testing::IsEmpty;

class EventRelayTest : public ::testing::Test {
 protected:
  bool WaitForRecords(std::size_t count, const std::string& topic = kEvents) {
    return Eventually([&] { return ReadTopic(kafka_, topic).size() >= count; }, 30s);
  }

  kafka::KafkaOptions kafka_ = fakes::ANamespace();
  fakes::OutboxUnderTest outbox_;
};

TEST_F(EventRelayTest, MakesTheTopicsAndPublishesEachRowOnceInOrder) {
  outbox_.AppendOrders(20, 3);
  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));
  ASSERT_TRUE(relay.WaitForState(LaneState::kPublishing));

  outbox_.AppendOrders(20, 3, 4);

  ASSERT_TRUE(WaitForRecords(120));
  EXPECT_THAT(fakes::Faults(ReadTopic(kafka_), 20, 6), IsEmpty());
  EXPECT_THAT(relay->Ready(), Succeeds());
  EXPECT_TRUE(Eventually([&] { return outbox_.Ask("SELECT sum(published) FROM outbox_stream") == 120; }));
  EXPECT_TRUE(
      Eventually([&] { return relay.metrics().Render().find("outbox_unpublished_rows 0") != std::string::npos; }));
}

TEST_F(EventRelayTest, WritesTheHeadersThatTheContractNames) {
  outbox_.Append("order-0", 1, kEvents, std::string("\0\x01\xff", 3));
  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));
  ASSERT_TRUE(WaitForRecords(1));

  const auto message = ReadTopic(kafka_).at(0);
  const auto event = fakes::ParseCloudEvent(message).value();

  EXPECT_EQ(message.key, "order-0");
  EXPECT_EQ(message.value, std::string("\0\x01\xff", 3));
  EXPECT_EQ(event.id, "order-0-1");
  EXPECT_EQ(event.source, "/cdiscount-connect/" + kafka_.Prefixed(kEvents) + "/" + std::to_string(message.partition));
  EXPECT_EQ(event.subject, "order-0");
  EXPECT_EQ(message.Header("ce_sequence"), "00000000000000000001");
  EXPECT_EQ(message.Header("content-type"), "application/protobuf");
  EXPECT_EQ(event.traceparent, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

TEST_F(EventRelayTest, GivesACopyTheSameRecords) {
  outbox_.AppendOrders(20, 3);
  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));
  ASSERT_TRUE(WaitForRecords(60, kCopies)) << relay.StopReason();

  const auto by_partition = [](const std::vector<kafka::Message>& messages) {
    std::map<std::int32_t, std::vector<std::tuple<std::string, std::optional<std::string>, kafka::Headers>>> records;
    for (const auto& m : messages) records[m.partition].emplace_back(m.key, m.value, m.headers);
    return records;
  };
  const auto copies = ReadTopic(kafka_, kCopies);

  EXPECT_THAT(fakes::Faults(copies, 20, 3), IsEmpty());
  EXPECT_EQ(by_partition(copies), by_partition(ReadTopic(kafka_))) << "id, source and sequence too";
  EXPECT_EQ(outbox_.Ask("SELECT count(*) FROM outbox_row"), 60);
}

TEST_F(EventRelayTest, ReadsTheValueWhenItPublishesAndWritesATombstoneForWhatWasErased) {
  auto options = fakes::OptionsFor(kafka_);
  options.topics[1].value_reader = [](store::Session& session, const std::string& key,
                                      std::int64_t version) -> Result<std::optional<std::string>> {
    if (key == "erased") return std::optional<std::string>();
    return key + " at " + session.Query("SELECT CAST(:v AS TEXT)", {{"v", version}}).at(0).Text(0);
  };
  outbox_.Append("kept", 7, kStates, std::nullopt);
  outbox_.Append("erased", 2, kStates, std::nullopt);
  RunningRelay relay(*outbox_.database, options);
  ASSERT_TRUE(WaitForRecords(2, kStates));

  std::map<std::string, std::optional<std::string>> values;
  for (auto& message : ReadTopic(kafka_, kStates)) values[message.key] = message.value;

  EXPECT_EQ(values["kept"], "kept at 7");
  EXPECT_EQ(values["erased"], std::nullopt);
}

TEST_F(EventRelayTest, AValueThatCannotBeReadHoldsUpItselfAloneAndIsPublishedWhenItCan) {
  std::atomic<bool> key_is_lost = true;
  auto options = fakes::OptionsFor(kafka_);
  options.topics[1].value_reader = [&](store::Session&, const std::string& key,
                                       std::int64_t) -> Result<std::optional<std::string>> {
    if (key == "order-3" && key_is_lost) return Error{ErrorCode::kUnreadable, "key k1 is not in the key file"};
    return std::optional("value of " + key);
  };
  outbox_.AppendOrders(10, 2);
  for (int key = 0; key < 10; ++key) outbox_.Append("order-" + std::to_string(key), 1, kStates, std::nullopt);
  RunningRelay relay(*outbox_.database, options);
  ASSERT_TRUE(WaitForRecords(20)) << "the events are on another topic";
  ASSERT_TRUE(WaitForRecords(9, kStates)) << "other rows of the same stream wait for it";
  ASSERT_TRUE(Eventually([&] { return !relay->Ready().has_value(); }));
  EXPECT_THAT(relay->Ready().error().message, ::testing::HasSubstr("order-3 version 1: key k1 is not in the key file"));
  EXPECT_THAT(relay.metrics().Render(), ::testing::HasSubstr("outbox_parked_rows 1"));

  key_is_lost = false;

  ASSERT_TRUE(WaitForRecords(10, kStates));
  EXPECT_THAT(fakes::Faults(ReadTopic(kafka_), 10, 2), IsEmpty());
  EXPECT_THAT(fakes::Faults(ReadTopic(kafka_, kStates), 10, 1), IsEmpty()) << "there is a gap";
  EXPECT_TRUE(Eventually([&] { return relay->Ready().has_value(); }));
}

TEST_F(EventRelayTest, PublishesSoonAfterItIsToldOfARow) {
  auto options = fakes::OptionsFor(kafka_);
  options.poll_period = 60s;
  outbox_.Append("order-0", 1);
  RunningRelay relay(*outbox_.database, options);
  ASSERT_TRUE(WaitForRecords(1));

  outbox_.Append("order-0", 2);

  EXPECT_TRUE(WaitForRecords(2)) << "it waited for the end of its poll period";
}

TEST_F(EventRelayTest, GoesOnWhereItsPredecessorEnded) {
  for (int life = 0; life < 3; ++life) {
    outbox_.AppendOrders(10, 1, life + 1);
    RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));
    ASSERT_TRUE(WaitForRecords(static_cast<std::size_t>(10 * (life + 1))));
  }

  EXPECT_THAT(fakes::Faults(ReadTopic(kafka_), 10, 3), IsEmpty());
}

TEST_F(EventRelayTest, DropsPublishedRowsAfterTheGraceTimeButNeverTheLastOfAStream) {
  auto options = fakes::OptionsFor(kafka_);
  options.trim_grace = 300ms;
  outbox_.AppendOrders(1, 20);
  {
    RunningRelay relay(*outbox_.database, options);
    ASSERT_TRUE(WaitForRecords(20));
    EXPECT_TRUE(Eventually([&] { return outbox_.Ask("SELECT count(*) FROM outbox_row") == 1; }));
  }

  outbox_.AppendOrders(1, 5, 21);
  RunningRelay relay(*outbox_.database, options);
  ASSERT_TRUE(WaitForRecords(25)) << relay.StopReason();
  EXPECT_THAT(fakes::Faults(ReadTopic(kafka_), 1, 25), IsEmpty());
}

TEST_F(EventRelayTest, CommitsTheProgressOfSilentStreamsAnew) {
  auto options = fakes::OptionsFor(kafka_);
  options.refresh_period = 200ms;
  outbox_.AppendOrders(10, 1);
  RunningRelay relay(*outbox_.database, options);
  ASSERT_TRUE(WaitForRecords(10));
  ASSERT_TRUE(relay.WaitForState(LaneState::kPublishing));

  // Each refresh is a transaction without records, so the progress itself has to survive several of them.
  const auto before = relay.CommittedTransactions();
  ASSERT_TRUE(Eventually([&] { return relay.CommittedTransactions() >= before + 3; }));
  outbox_.AppendOrders(10, 1, 2);

  ASSERT_TRUE(WaitForRecords(20)) << relay.StopReason();
  EXPECT_THAT(fakes::Faults(ReadTopic(kafka_), 10, 2), IsEmpty());
}

TEST_F(EventRelayTest, StopsWhenARowIsForATopicThatTheServiceDoesNotPublishTo) {
  outbox_.Append("order-0", 1, "cdiscount.unknown.v1");
  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));

  ASSERT_TRUE(relay.WaitForStop("unknown_topic"));
  EXPECT_THAT(relay->Ready().error().message, ::testing::HasSubstr("cdiscount.unknown.v1"));
}

TEST_F(EventRelayTest, EndsSoonWhenItIsAskedToWhileKafkaIsAway) {
  kafka_.bootstrap_servers = "127.0.0.1:1";
  outbox_.AppendOrders(1, 1);
  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));
  ASSERT_TRUE(relay.WaitForState(LaneState::kWaiting));
  EXPECT_THAT(relay->Ready(), Succeeds()) << "a neighbour that is away does not make a service unready";

  const auto asked = std::chrono::steady_clock::now();
  relay.Stop();

  EXPECT_LT(std::chrono::steady_clock::now() - asked, 10s);
}

TEST_F(EventRelayTest, LeavesALaneToItsOwnerAndTakesItOverWhenTheOwnerEnds) {
  outbox_.AppendOrders(10, 1);
  auto options = fakes::OptionsFor(kafka_);
  auto owner = std::make_unique<RunningRelay>(*outbox_.database, options);
  ASSERT_TRUE(WaitForRecords(10));
  ASSERT_TRUE(owner->WaitForState(LaneState::kPublishing));

  // On SQLite a new relay takes a lease that no other process can hold; the former owner then finds its token gone.
  RunningRelay second(*outbox_.database, options);
  ASSERT_TRUE(Eventually([&] { return !second->Lanes().empty() && second->Lanes()[0].state != LaneState::kWaiting; }));
  outbox_.AppendOrders(10, 1, 2);
  ASSERT_TRUE(WaitForRecords(20));
  owner.reset();
  outbox_.AppendOrders(10, 1, 3);

  ASSERT_TRUE(WaitForRecords(30));
  EXPECT_THAT(fakes::Faults(ReadTopic(kafka_), 10, 3), IsEmpty());
}

}  // namespace
}  // namespace cdiscount::outbox
