// The promises of libs/kafka on a real Kafka.
#include <algorithm>
#include <future>
#include <optional>
#include <set>

#include "core/testing/result_matchers.hpp"
#include "kafka/group_offsets.hpp"
#include "kafka/producer.hpp"
#include "relay_harness.hpp"

namespace cdiscount::kafka {
namespace {

using namespace std::chrono_literals;
using fakes::Eventually;
using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kCall = 10s;
constexpr auto kName = "cdiscount.test.client.v1";

class KafkaClientTest : public ::testing::Test {
 protected:
  KafkaClientTest() {
    admin_.CreateTopic(topic_, 2, {{"cleanup.policy", "compact"}, {"max.message.bytes", "200000"}}, kCall).value();
    if (!Eventually([&] { return admin_.CountPartitions(topic_, kCall).has_value(); }))
      throw std::runtime_error("no topic");
  }

  std::unique_ptr<TransactionalProducer> AProducer() {
    auto producer = std::make_unique<TransactionalProducer>(options_, options_.Prefixed("client"));
    if (!Eventually([&] { return producer->Init(kCall).has_value(); })) throw std::runtime_error("no transactions");
    return producer;
  }
  Record ARecord(std::int32_t partition, const std::string& key, std::optional<std::string> value = "value") {
    return {.topic = topic_, .partition = partition, .key = key, .value = std::move(value), .headers = {{"h", "1"}}};
  }
  /// One committed transaction with these keys in partition 0.
  void Write(TransactionalProducer& producer, const std::vector<std::string>& keys) {
    producer.Begin().value();
    for (const auto& key : keys) producer.Produce(ARecord(0, key)).value();
    producer.Commit(kCall).value();
  }

  KafkaOptions options_ = fakes::ANamespace();
  std::string topic_ = options_.Prefixed(kName);
  Admin admin_{options_};
};

std::vector<std::string> KeysOf(const std::vector<Message>& messages) {
  std::vector<std::string> keys;
  for (const auto& message : messages) keys.push_back(message.key);
  return keys;
}

TEST_F(KafkaClientTest, MakesATopicOnceAndDescribesIt) {
  EXPECT_THAT(admin_.CreateTopic(topic_, 5, {}, kCall), Succeeds());

  EXPECT_EQ(admin_.CountPartitions(topic_, kCall).value(), 2);
  const auto config = admin_.Config(topic_, kCall).value();
  EXPECT_EQ(config.at("max.message.bytes"), "200000");
  EXPECT_EQ(config.at("cleanup.policy"), "compact");
  EXPECT_THAT(admin_.GrowTopic(topic_, 3, kCall), Succeeds());
  EXPECT_TRUE(Eventually([&] { return admin_.CountPartitions(topic_, kCall).value() == 3; }));
  EXPECT_THAT(admin_.GrowTopic(topic_, 2, kCall), Succeeds());
}

TEST_F(KafkaClientTest, SaysWhenATopicDoesNotExistAndMakesNone) {
  EXPECT_THAT(admin_.CountPartitions(options_.Prefixed("absent"), kCall), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(Consumer(options_, "absent").Start({}, kCall), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(admin_.CountPartitions(options_.Prefixed("absent"), kCall), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(admin_.DeleteTopic(options_.Prefixed("absent"), kCall), Succeeds());
}

TEST_F(KafkaClientTest, GivesTheOffsetOfEachRecordBeforeTheCommit) {
  const auto producer = AProducer();
  producer->Begin().value();
  for (const auto* key : {"a", "b"}) producer->Produce(ARecord(0, key)).value();
  producer->Produce(ARecord(1, "c")).value();

  EXPECT_THAT(producer->Flush(kCall).value(), ElementsAre(0, 1, 0));
  producer->Commit(kCall).value();
}

TEST_F(KafkaClientTest, FailsTheFlushWhenARecordWasRefusedAlthoughACommitWouldSucceed) {
  const auto producer = AProducer();
  producer->Begin().value();
  producer->Produce(ARecord(0, "small")).value();
  producer->Produce(ARecord(0, "large", std::string(300'000, 'x'))).value();

  const auto flushed = producer->Flush(kCall);

  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().severity, Severity::kAbortable);
  EXPECT_EQ(flushed.error().error.code, ErrorCode::kInvalidArgument) << flushed.error().error.message;
  EXPECT_TRUE(producer->Abort(kCall));
  // librdkafka counted the refused record, so the broker finds a gap and one more transaction is to be aborted.
  EXPECT_TRUE(Eventually([&] {
    producer->Begin().value();
    producer->Produce(ARecord(0, "after")).value();
    const auto committed = producer->Commit(kCall);
    if (committed) return true;
    EXPECT_EQ(committed.error().severity, Severity::kAbortable) << committed.error().error.message;
    producer->Abort(kCall).value();
    return false;
  }));
  std::vector<Message> read;
  Consumer(options_, kName).ReadToEnd({}, [&](Message message) { read.push_back(std::move(message)); }, kCall).value();
  EXPECT_THAT(KeysOf(read), ElementsAre("after"));
}

TEST_F(KafkaClientTest, KeepsProgressOfAnAbortedTransactionToItself) {
  const auto producer = AProducer();
  const auto group = options_.Prefixed("progress");
  GroupOffsets offsets(options_, group, topic_);
  producer->Begin().value();
  ASSERT_TRUE(producer->SendOffsets(group, topic_, {{0, 7, "seven"}}, kCall));
  producer->Commit(kCall).value();
  producer->Begin().value();
  ASSERT_TRUE(producer->SendOffsets(group, topic_, {{0, 9, "nine"}, {1, 4, ""}}, kCall));
  producer->Abort(kCall).value();

  const auto read = offsets.Read({0, 1}, kCall);

  ASSERT_THAT(read, Succeeds());
  EXPECT_THAT(*read, ElementsAre(PartitionOffset{0, 7, "seven"}, std::nullopt));
}

TEST_F(KafkaClientTest, FencesAnOlderProducerOfTheSameId) {
  const auto old = AProducer();
  old->Begin().value();
  old->Produce(ARecord(0, "zombie")).value();
  const auto young = AProducer();

  const auto committed = old->Commit(kCall);

  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().severity, Severity::kFatal);
  Write(*young, {"a"});
}

TEST_F(KafkaClientTest, ReadsFromThePositionsNamedAndCommittedRecordsOnly) {
  const auto producer = AProducer();
  Write(*producer, {"a", "b", "c"});
  producer->Begin().value();
  producer->Produce(ARecord(0, "open")).value();
  producer->Flush(kCall).value();
  Consumer consumer(options_, kName);

  std::vector<Message> read;
  const auto status = consumer.ReadToEnd({{0, 1}}, [&](Message message) { read.push_back(std::move(message)); }, kCall);

  ASSERT_THAT(status, Succeeds());
  EXPECT_THAT(KeysOf(read), ElementsAre("b", "c"));
  EXPECT_EQ(read.at(0).offset, 1);
  EXPECT_EQ(read.at(0).value, "value");
  EXPECT_EQ(read.at(0).Header("h"), "1");
  EXPECT_LT(std::chrono::abs(read.at(0).timestamp - SystemClock{}.Now()), 1min);
  EXPECT_THAT(consumer.Ends(kCall).value(), ElementsAre(PartitionOffset{0, 4}, PartitionOffset{1, 0}));
  producer->Abort(kCall).value();
}

TEST_F(KafkaClientTest, FollowsWhatIsWrittenAfterTheEndWasMet) {
  const auto producer = AProducer();
  Consumer consumer(options_, kName);
  ASSERT_THAT(consumer.Start({}, kCall), Succeeds());
  EXPECT_THAT(consumer.Poll(100, 5s).value(), IsEmpty()) << "an empty topic is read to its end";

  Write(*producer, {"a"});

  std::vector<Message> read;
  EXPECT_TRUE(Eventually([&] {
    std::ranges::move(consumer.Poll(100, 200ms).value(), std::back_inserter(read));
    return !read.empty();
  }));
  EXPECT_THAT(KeysOf(read), ElementsAre("a"));
}

TEST_F(KafkaClientTest, SaysWhenAPositionIsNotOnTheTopicAnyMore) {
  Consumer consumer(options_, kName);
  ASSERT_THAT(consumer.Start({{0, 1000}}, kCall), Succeeds());

  Result<std::vector<Message>> polled = std::vector<Message>{};
  EXPECT_TRUE(Eventually([&] { return !(polled = consumer.Poll(100, 200ms)).has_value(); }));

  EXPECT_THAT(polled, FailsWith(ErrorCode::kNotFound));
}

TEST_F(KafkaClientTest, GivesATombstoneAsAnAbsentValueAndAnEmptyValueAsOne) {
  const auto producer = AProducer();
  producer->Begin().value();
  producer->Produce(ARecord(0, "gone", std::nullopt)).value();
  producer->Produce(ARecord(0, "empty", "")).value();
  producer->Commit(kCall).value();

  std::map<std::string, std::optional<std::string>> values;
  Consumer(options_, kName).ReadToEnd({}, [&](Message message) { values[message.key] = message.value; }, kCall).value();

  EXPECT_EQ(values.at("gone"), std::nullopt);
  EXPECT_EQ(values.at("empty"), "");
}

TEST_F(KafkaClientTest, EndsAlthoughItsTopicIsDeletedWhileItBeginsToRead) {
  for (const auto offset : {1ms, 3ms}) {
    admin_.CreateTopic(topic_, 12, {}, kCall).value();
    ASSERT_TRUE(Eventually([&] { return admin_.CountPartitions(topic_, kCall).has_value(); }));
    std::optional<Consumer> reader(std::in_place, options_, kName);
    std::future<Status> deleted =
        std::async(std::launch::async, [&] { return Admin(options_).DeleteTopic(topic_, kCall); });
    // The deletion takes some milliseconds, and the reader is to begin at different instants of it.
    deleted.wait_for(offset);
    (void)reader->Start({}, kCall);
    (void)reader->Poll(10, 200ms);
    ASSERT_THAT(deleted.get(), Succeeds());

    const auto asked = std::chrono::steady_clock::now();
    reader.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 15s);
  }
}

TEST_F(KafkaClientTest, StopsReadingWhenItIsAskedTo) {
  std::stop_source stop;
  stop.request_stop();

  EXPECT_THAT(Consumer(options_, kName)
                  .ReadToEnd(
                      {}, [](Message) {}, kCall, stop.get_token()),
              FailsWith(ErrorCode::kCancelled));
}

}  // namespace
}  // namespace cdiscount::kafka
