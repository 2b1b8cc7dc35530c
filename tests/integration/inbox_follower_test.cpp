// Followers of a topic on a real Kafka: what a broker does to them.
#include "inbox/follower.hpp"

#include <atomic>
#include <set>

#include "core/testing/result_matchers.hpp"
#include "kafka/producer.hpp"
#include "migrations/inbox.hpp"
#include "relay_harness.hpp"

namespace cdiscount::inbox {
namespace {

using namespace std::chrono_literals;
using fakes::Eventually;

constexpr std::int32_t kPartitions = 3;
constexpr auto kTopic = "cdiscount.test.facts.v1";

class FollowerTest : public ::testing::Test {
 protected:
  FollowerTest() {
    store::Migrate(*database_, migrations::Inbox()).value();
    session_->ExecuteScript(
        "CREATE TABLE seen (partition BIGINT NOT NULL, place BIGINT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL)");
    MakeTopic();
  }

  std::string Topic() const { return kafka_.Prefixed(kTopic); }
  void MakeTopic() {
    ASSERT_TRUE(Eventually([&] {
      return admin_.CreateTopic(Topic(), kPartitions, {}, 10s).has_value() &&
             admin_.CountPartitions(Topic(), 10s).has_value();
    }));
  }
  void MakeTopicAnew() {
    ASSERT_TRUE(admin_.DeleteTopic(Topic(), 10s).has_value());
    MakeTopic();
  }

  void Produce(const std::vector<std::string>& values, std::int32_t partition = 0) {
    kafka::TransactionalProducer producer(kafka_, kafka_.Prefixed("producer"));
    ASSERT_TRUE(Eventually([&] { return producer.Init(10s).has_value(); }));
    ASSERT_TRUE(producer.Begin());
    for (const auto& value : values) {
      ASSERT_TRUE(
          producer.Produce({.topic = Topic(), .partition = partition, .key = "", .value = value, .headers = {}}));
    }
    ASSERT_TRUE(producer.Flush(10s));
    ASSERT_TRUE(producer.Commit(10s));
  }

  /// A follower on a thread of its own, until its end.
  struct Running {
    Running(FollowerTest& test, Reading reading)
        : follower(
              *test.database_, {.service = "tester", .kafka = test.kafka_, .topic = kTopic, .reading = reading},
              [&test](store::Transaction& transaction, const kafka::Message& message) {
                return test.Handle(transaction, message);
              },
              test.metrics_),
          thread([this](const std::stop_token& stop) { follower.Run(stop); }) {}
    Follower follower;
    std::jthread thread;
  };

  Status Handle(store::Transaction& transaction, const kafka::Message& message) {
    if (message.value == "unreadable") return Error{ErrorCode::kUnreadable, "it makes no sense"};
    transaction.Execute(
        "INSERT INTO seen (partition, place, key, value) VALUES (:partition, :place, :key, :value)",
        {{"partition", message.partition}, {"place", message.offset}, {"key", message.key}, {"value", message.value}});
    return Ok();
  }

  std::vector<std::string> Seen(std::int32_t partition = 0) {
    return session_
        ->Query("SELECT value FROM seen WHERE partition = :partition ORDER BY place", {{"partition", partition}})
        .Map([](const store::Row& row) { return row.Text("value"); });
  }
  std::int64_t Ask(const std::string& sql) { return session_->Query(sql).at(0).Int(0); }
  bool SeesInTheEnd(const std::vector<std::string>& values, std::int32_t partition = 0) {
    return Eventually([&] { return Seen(partition) == values; }, 30s);
  }

  kafka::KafkaOptions kafka_ = fakes::ANamespace();
  kafka::Admin admin_{kafka_};
  fakes::TestDatabase place_;
  std::unique_ptr<store::Database> database_ = store::Database::Open({.url = place_.url()}).value();
  std::unique_ptr<store::Session> session_ = database_->NewSession();
  telemetry::Metrics metrics_{"test"};
};

TEST_F(FollowerTest, ReadsAMirroredTopicThatWasMadeAnewUnderItFromItsBeginning) {
  Produce({"1", "2", "3"});
  const Running running(*this, Reading::kWhole);
  ASSERT_TRUE(SeesInTheEnd({"1", "2", "3"}));

  MakeTopicAnew();
  Produce({"new"}, 1);

  EXPECT_TRUE(SeesInTheEnd({"new"}, 1)) << "it waits at a position that the new topic does not have";
}

TEST_F(FollowerTest, SeesAMirroredTopicThatWasMadeAnewWhileItWasDownAndIsAsLongAsTheOldOne) {
  Produce({"old"});
  {
    const Running running(*this, Reading::kWhole);
    ASSERT_TRUE(SeesInTheEnd({"old"}));
  }
  MakeTopicAnew();
  Produce({"new"});

  const Running running(*this, Reading::kWhole);

  EXPECT_TRUE(Eventually([&] { return Ask("SELECT count(*) FROM seen WHERE value = 'new'") == 1; }))
      << "the position of the old topic is the end of the new one";
}

TEST_F(FollowerTest, StepsOverAPoisonMessageAndCountsIt) {
  Produce({"a", "unreadable", "b"});

  const Running running(*this, Reading::kOnwards);

  EXPECT_TRUE(SeesInTheEnd({"a", "b"}));
  EXPECT_TRUE(Eventually([&] {
    return metrics_.Render().find(R"(inbox_messages_total{outcome="unreadable",topic="cdiscount.test.facts.v1"} 1)") !=
           std::string::npos;
  })) << metrics_.Render();
}

TEST_F(FollowerTest, GoesOnWhereItStoodInAnotherLife) {
  Produce({"a", "b"});
  {
    const Running running(*this, Reading::kOnwards);
    ASSERT_TRUE(SeesInTheEnd({"a", "b"}));
  }
  Produce({"c"});

  const Running running(*this, Reading::kOnwards);

  EXPECT_TRUE(SeesInTheEnd({"a", "b", "c"}));
}

TEST_F(FollowerTest, TakesThePositionOfADatabaseThatIsOlderThanTheTopicAndNotTheGroups) {
  Produce({"a", "b", "c"});
  {
    const Running running(*this, Reading::kOnwards);
    ASSERT_TRUE(SeesInTheEnd({"a", "b", "c"}));
  }
  // As a backup that was made after "a" and is restored now.
  session_->Execute("DELETE FROM seen WHERE value <> 'a'");
  session_->Execute("UPDATE inbox_position SET next_offset = 1 WHERE partition = 0");

  const Running running(*this, Reading::kOnwards);

  EXPECT_TRUE(SeesInTheEnd({"a", "b", "c"}));
}

TEST_F(FollowerTest, AppliesEachMessageOnceAndInOrderWhileMembersComeAndGo) {
  constexpr int kMessages = 900;
  std::jthread producing([&] {
    for (int from = 0; from < kMessages; from += 30) {
      std::vector<std::string> values;
      for (int i = from; i < from + 30; ++i) values.push_back(std::to_string(i));
      Produce(values, from / 30 % kPartitions);
    }
  });
  auto first = std::make_unique<Running>(*this, Reading::kOnwards);
  ASSERT_TRUE(Eventually([&] { return Ask("SELECT count(*) FROM seen") > 0; }, 30s));

  // The group gives partitions to the second and takes them from the first while transactions run.
  auto second = std::make_unique<Running>(*this, Reading::kOnwards);
  ASSERT_TRUE(Eventually([&] { return Ask("SELECT count(*) FROM seen") > kMessages / 3; }, 60s));
  first.reset();
  const auto third = std::make_unique<Running>(*this, Reading::kOnwards);
  producing.join();

  EXPECT_TRUE(Eventually([&] { return Ask("SELECT count(*) FROM seen") == kMessages; }, 60s))
      << Ask("SELECT count(*) FROM seen");
  EXPECT_EQ(Ask("SELECT count(*) FROM (SELECT DISTINCT partition, place FROM seen) AS places"), kMessages);
  EXPECT_EQ(Ask("SELECT count(DISTINCT value) FROM seen"), kMessages);
}

}  // namespace
}  // namespace cdiscount::inbox
