// Reasons for which a lane stops, on a real Kafka: each test breaks one thing that the relay relies on.
#include <algorithm>

#include "core/testing/result_matchers.hpp"
#include "kafka/producer.hpp"
#include "outbox/relay/publisher.hpp"
#include "relay_harness.hpp"

namespace cdiscount::outbox {
namespace {

using namespace std::chrono_literals;
using fakes::Eventually;
using fakes::FailsWith;
using fakes::kCopies;
using fakes::kEvents;
using fakes::ReadTopic;
using fakes::RunningRelay;
using fakes::Succeeds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto kCall = 10s;

class RelayStopsTest : public ::testing::Test {
 protected:
  /// A relay that has published `versions` versions of 10 orders and has ended.
  void PublishAndEnd(int versions = 1) {
    outbox_.AppendOrders(10, versions);
    RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));
    ASSERT_TRUE(Eventually([&] {
      return outbox_.Ask("SELECT coalesce(sum(published), 0) FROM outbox_stream") == std::int64_t{10} * versions;
    })) << relay.StopReason();
  }
  /// Fills the topic as a person would from a mirror: each partition is as long as before.
  void BringBack() {
    kafka::TransactionalProducer mirror(kafka_, kafka_.Prefixed("mirror"));
    ASSERT_TRUE(Eventually([&] { return mirror.Init(kCall).has_value(); }));
    ASSERT_TRUE(mirror.Begin());
    for (int partition = 0; partition < kPartitions; ++partition) {
      const auto records = outbox_.Ask("SELECT coalesce(sum(published), 0) FROM outbox_stream WHERE topic = '" +
                                       std::string(kEvents) + "' AND partition = " + std::to_string(partition));
      for (std::int64_t i = 0; i < records; ++i) {
        ASSERT_TRUE(
            mirror.Produce({.topic = Topic(), .partition = partition, .key = "k", .value = "v", .headers = {}}));
      }
    }
    ASSERT_TRUE(mirror.Commit(kCall));
  }
  void Sql(const std::string& statement) { outbox_.session->Execute(statement); }
  std::string Topic() const { return kafka_.Prefixed(kEvents); }

  /// Starts a relay with one more version per order, and expects that it stops for this reason and publishes nothing.
  void ExpectStop(const std::string& reason, int next_version = 2) {
    const auto before = ReadTopic(kafka_).size();
    outbox_.AppendOrders(10, 1, next_version);
    RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));

    ASSERT_TRUE(relay.WaitForStop(reason)) << "it stopped for \"" << relay.StopReason() << "\"";
    EXPECT_THAT(relay->Ready(), FailsWith(ErrorCode::kConflict));
    EXPECT_THAT(relay.metrics().Render(), Not(HasSubstr("outbox_lane_stopped{reason=\"" + reason + "\"} 0")));
    EXPECT_EQ(ReadTopic(kafka_).size(), before);
  }

  kafka::KafkaOptions kafka_ = fakes::ANamespace();
  fakes::OutboxUnderTest outbox_;
  kafka::Admin admin_{kafka_};
};

TEST_F(RelayStopsTest, WhenTheDatabaseIsOlderThanWhatWasPublished) {
  PublishAndEnd();
  // As in a backup that was made before the last publication.
  Sql("UPDATE outbox_stream SET counter = 0, published = 0");
  Sql("DELETE FROM outbox_row");

  ExpectStop("counter_behind");
}

TEST_F(RelayStopsTest, WhenTheDatabaseNumbersOtherEventsThanWerePublished) {
  PublishAndEnd();
  Sql("UPDATE outbox_row SET event_id = 'another-' || event_id");

  ExpectStop("other_event");
}

TEST_F(RelayStopsTest, WhenItsDatabaseIsAnotherOne) {
  PublishAndEnd();
  Sql("UPDATE outbox_installation SET id = 'another'");

  ExpectStop("other_installation");
}

TEST_F(RelayStopsTest, WhenANewDatabaseMeetsAnOldTopicWhoseProgressWasForgotten) {
  PublishAndEnd();
  admin_.DeleteTopic(RelayNames::Progress(kafka_, "tester"), kCall).value();
  Sql("UPDATE outbox_stream SET counter = 0, published = 0");
  Sql("DELETE FROM outbox_row");

  ExpectStop("unknown_records");
}

TEST_F(RelayStopsTest, WhenTheProgressTopicWasDeleted) {
  PublishAndEnd();
  admin_.DeleteTopic(RelayNames::Progress(kafka_, "tester"), kCall).value();

  ExpectStop("progress_missing");
}

TEST_F(RelayStopsTest, WhenANumberedRowIsGone) {
  PublishAndEnd();
  Sql("UPDATE outbox_stream SET counter = counter + 1");

  ExpectStop("row_missing");
}

TEST_F(RelayStopsTest, WhenTheTopicWasMadeAnewWhileItWasDown) {
  PublishAndEnd();
  admin_.DeleteTopic(Topic(), kCall).value();
  // A reader that began while the topic was going would wait for the rest of it.
  ASSERT_TRUE(Eventually([&] { return !admin_.CountPartitions(Topic(), kCall).has_value(); }));

  ExpectStop("topic_recreated");
}

TEST_F(RelayStopsTest, WhenACopyOfTheTopicWasMadeAnewWhileItWasDown) {
  PublishAndEnd();
  admin_.DeleteTopic(kafka_.Prefixed(kCopies), kCall).value();

  ExpectStop("topic_recreated");
}

/// A topic that is made anew while a relay publishes to it.
class RelayStopsForATopicTest : public RelayStopsTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(RelayStopsForATopicTest, WhenItIsMadeAnewUnderItWhichKafkaDoesNotTell) {
  const auto topic = kafka_.Prefixed(GetParam());
  outbox_.AppendOrders(10, 3);
  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));
  ASSERT_TRUE(Eventually([&] { return outbox_.Ask("SELECT coalesce(sum(published), 0) FROM outbox_stream") == 30; }));
  admin_.DeleteTopic(topic, kCall).value();
  ASSERT_TRUE(Eventually([&] {
    return admin_.CreateTopic(topic, kPartitions, {}, kCall).has_value() &&
           admin_.CountPartitions(topic, kCall).has_value();
  }));

  outbox_.AppendOrders(10, 1, 4);

  EXPECT_TRUE(relay.WaitForStop("topic_recreated")) << relay.StopReason();
  EXPECT_THAT(ReadTopic(kafka_, GetParam()), IsEmpty());
  EXPECT_THAT(relay->Ready().error().message, HasSubstr("log_end = 0 WHERE topic = '" + std::string(GetParam()) + "'"));
}

INSTANTIATE_TEST_SUITE_P(Primary, RelayStopsForATopicTest, ::testing::Values(kEvents));
INSTANTIATE_TEST_SUITE_P(Copy, RelayStopsForATopicTest, ::testing::Values(kCopies));

TEST_F(RelayStopsTest, AndTheNextOwnerSeesATopicThatWasMadeAnewUnderTheLast) {
  PublishAndEnd(3);
  // As a last owner leaves it that is killed in the middle: records of its open transaction make the new topic longer
  // than the sequences say, and nothing of it was written down.
  const auto end = outbox_.Ask("SELECT max(log_end) FROM outbox_stream");
  ASSERT_GE(end, 3);
  admin_.DeleteTopic(Topic(), kCall).value();
  ASSERT_TRUE(Eventually([&] {
    return admin_.CreateTopic(Topic(), kPartitions, {}, kCall).has_value() &&
           admin_.CountPartitions(Topic(), kCall).has_value();
  }));
  Sql("UPDATE outbox_stream SET log_end = log_end + 1000 WHERE topic = '" + std::string(kEvents) + "'");
  {
    kafka::TransactionalProducer last(kafka_, RelayNames::TransactionalId(kafka_, "tester", 0));
    ASSERT_TRUE(Eventually([&] { return last.Init(kCall).has_value(); }));
    ASSERT_TRUE(last.Begin());
    for (int i = 0; i < 200; ++i) {
      ASSERT_TRUE(
          last.Produce({.topic = Topic(), .partition = i % kPartitions, .key = "k", .value = "v", .headers = {}}));
    }
    ASSERT_TRUE(last.Flush(kCall));
  }

  ExpectStop("topic_recreated", 4);
}

TEST_F(RelayStopsTest, AndThatStopIsKeptForEveryOwnerUntilAPersonTakesItBack) {
  outbox_.AppendOrders(10, 3);
  {
    RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));
    ASSERT_TRUE(Eventually([&] { return outbox_.Ask("SELECT coalesce(sum(published), 0) FROM outbox_stream") == 30; }));
    admin_.DeleteTopic(Topic(), kCall).value();
    ASSERT_TRUE(Eventually([&] {
      return admin_.CreateTopic(Topic(), kPartitions, {}, kCall).has_value() &&
             admin_.CountPartitions(Topic(), kCall).has_value();
    }));
    // More than was published before: after the abort the new topic is longer than the old one was.
    outbox_.AppendOrders(10, 20, 4);
    ASSERT_TRUE(relay.WaitForStop("topic_recreated")) << relay.StopReason();
  }

  RunningRelay next(*outbox_.database, fakes::OptionsFor(kafka_));

  ASSERT_TRUE(next.WaitForStop("topic_recreated")) << next.StopReason();
  EXPECT_THAT(next->Ready().error().message, HasSubstr("UPDATE outbox_stream"));
  EXPECT_THAT(ReadTopic(kafka_), IsEmpty());
  BringBack();
  Sql("UPDATE outbox_stream SET stopped = '', log_end = 0");
  EXPECT_TRUE(Eventually([&] { return ReadTopic(kafka_).size() == 30 + 200; }, 30s)) << next.StopReason();
}

TEST_F(RelayStopsTest, WhenTheTopicHasAnotherNumberOfPartitions) {
  admin_.CreateTopic(Topic(), 3, {}, kCall).value();

  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));

  ASSERT_TRUE(relay.WaitForStop("partition_count"));
  EXPECT_THAT(relay->Ready().error().message, HasSubstr("3 partitions"));
}

TEST_F(RelayStopsTest, WhenACopyHasAnotherNumberOfPartitions) {
  admin_.CreateTopic(kafka_.Prefixed(kCopies), 3, {}, kCall).value();

  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));

  ASSERT_TRUE(relay.WaitForStop("partition_count"));
  EXPECT_THAT(relay->Ready().error().message, HasSubstr(kCopies));
}

TEST_F(RelayStopsTest, WhenTheTopicTakesSmallerRecordsThanTheOutboxAndGoesOnWhenThatIsPutRight) {
  admin_.CreateTopic(Topic(), kPartitions, {{"max.message.bytes", "10000"}}, kCall).value();
  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));
  ASSERT_TRUE(relay.WaitForStop("message_limit"));

  admin_.DeleteTopic(Topic(), kCall).value();

  EXPECT_TRUE(relay.WaitForState(LaneState::kPublishing));
  EXPECT_THAT(relay->Ready(), Succeeds());
}

TEST_F(RelayStopsTest, AndGoesOnByItselfWhenTheRightDatabaseIsBack) {
  PublishAndEnd();
  const auto id = outbox_.session->Query("SELECT id FROM outbox_installation").at(0).Text(0);
  Sql("UPDATE outbox_installation SET id = 'another'");
  outbox_.AppendOrders(10, 1, 2);
  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));
  ASSERT_TRUE(relay.WaitForStop("other_installation"));

  outbox_.session->Execute("UPDATE outbox_installation SET id = :id", {{"id", id}});

  ASSERT_TRUE(Eventually([&] { return ReadTopic(kafka_).size() == 20; }, 30s));
  EXPECT_THAT(fakes::Faults(ReadTopic(kafka_), 10, 2), IsEmpty());
  EXPECT_EQ(relay.StopReason(), "");
}

TEST_F(RelayStopsTest, ButNotForTheRecordsOfAFirstTransactionThatNeverEnded) {
  admin_.CreateTopic(Topic(), kPartitions, {}, kCall).value();
  {
    kafka::TransactionalProducer killed(kafka_, RelayNames::TransactionalId(kafka_, "tester", 0));
    ASSERT_TRUE(Eventually([&] { return killed.Init(kCall).has_value(); }));
    ASSERT_TRUE(killed.Begin());
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
      ASSERT_TRUE(killed.Produce({.topic = Topic(), .partition = partition, .key = "k", .value = "v", .headers = {}}));
    }
    ASSERT_TRUE(killed.Flush(kCall));
  }
  outbox_.AppendOrders(10, 1);

  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));

  ASSERT_TRUE(Eventually([&] { return ReadTopic(kafka_).size() == 10; }, 30s)) << relay.StopReason();
  EXPECT_THAT(fakes::Faults(ReadTopic(kafka_), 10, 1), IsEmpty());
}

TEST_F(RelayStopsTest, NotAtAllWhenAZombieIsFenced) {
  PublishAndEnd();
  // A former owner that was paused in the middle of its transaction, with the lane's id and an old progress.
  kafka::TransactionalProducer zombie(kafka_, RelayNames::TransactionalId(kafka_, "tester", 0));
  ASSERT_TRUE(Eventually([&] { return zombie.Init(kCall).has_value(); }));
  ASSERT_TRUE(zombie.Begin());
  ASSERT_TRUE(zombie.Produce({.topic = Topic(), .partition = 0, .key = "doubled", .value = "v", .headers = {}}));
  ASSERT_TRUE(zombie.Flush(kCall));

  outbox_.AppendOrders(10, 1, 2);
  RunningRelay relay(*outbox_.database, fakes::OptionsFor(kafka_));
  ASSERT_TRUE(Eventually([&] { return ReadTopic(kafka_).size() >= 20; }, 30s)) << relay.StopReason();
  auto committed = zombie.Commit(kCall);

  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().severity, kafka::Severity::kFatal);
  EXPECT_EQ(committed.error().error.code, ErrorCode::kConflict) << committed.error().error.message;
  EXPECT_THAT(fakes::Faults(ReadTopic(kafka_), 10, 2), IsEmpty());
}

}  // namespace
}  // namespace cdiscount::outbox
