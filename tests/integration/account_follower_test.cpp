// The follower of the accounts topic on a real Kafka.
#include "app/account_follower.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "cdiscount/events/v1/account_event.pb.h"
#include "core/testing/result_matchers.hpp"
#include "kafka/producer.hpp"
#include "migrations/order_ingest.hpp"
#include "relay_harness.hpp"

namespace cdiscount::order_ingest {
namespace {

using namespace std::chrono_literals;
using cdiscount::fakes::Eventually;

constexpr std::int32_t kPartitions = 3;

class AccountFollowerTest : public ::testing::Test {
 protected:
  AccountFollowerTest() { MakeTopic(); }
  ~AccountFollowerTest() override {
    follower_thread_ = {};
    io_.stop();
    network_.join();
  }

  void MakeTopic() {
    ASSERT_TRUE(Eventually([&] {
      return admin_.CreateTopic(Topic(), kPartitions, {{"cleanup.policy", "compact"}}, 10s).has_value() &&
             admin_.CountPartitions(Topic(), 10s).has_value();
    }));
  }
  void MakeTopicAnew() {
    ASSERT_TRUE(admin_.DeleteTopic(Topic(), 10s).has_value());
    MakeTopic();
  }
  std::string Topic() const { return kafka_.Prefixed(std::string(kAccountsTopic)); }

  void Announce(const std::string& id, std::int64_t version, std::int32_t partition = 0) {
    events::v1::AccountEvent event;
    event.set_account_id(id);
    event.set_name(id);
    event.set_seller_id("seller of " + id);
    event.set_sales_channel_id("CDISFR");
    event.set_state(events::v1::ACCOUNT_STATE_ENABLED);
    event.set_version(version);
    event.set_generation(1);
    kafka::TransactionalProducer producer(kafka_, kafka_.Prefixed("announcer"));
    ASSERT_TRUE(Eventually([&] { return producer.Init(10s).has_value(); }));
    ASSERT_TRUE(producer.Begin());
    ASSERT_TRUE(producer.Produce(
        {.topic = Topic(), .partition = partition, .key = id, .value = event.SerializeAsString(), .headers = {}}));
    ASSERT_TRUE(producer.Flush(10s));
    ASSERT_TRUE(producer.Commit(10s));
  }

  void Follow() {
    follower_thread_ = std::jthread([this](std::stop_token stop) { follower_.Run(std::move(stop)); });
  }
  void StopFollowing() { follower_thread_ = {}; }

  bool Knows(const std::string& id, std::int64_t version) {
    return Eventually([&] {
      const auto rows = database_->NewSession()->Query("SELECT version FROM account WHERE account_id = :id", {id});
      return !rows.empty() && rows[0].Int(0) == version;
    });
  }

  kafka::KafkaOptions kafka_ = cdiscount::fakes::ANamespace();
  kafka::Admin admin_{kafka_};
  cdiscount::fakes::OutboxUnderTest place_;
  std::unique_ptr<store::Database>& database_ = place_.database;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::jthread network_{[this] { io_.run(); }};
  const bool migrated_ = store::Migrate(*database_, migrations::OrderIngest()).has_value();
  telemetry::Metrics metrics_{"test"};
  std::atomic<int> changes_ = 0;
  AccountFollower follower_{io_.get_executor(), kafka_, *database_, metrics_, [this] { ++changes_; }};
  std::jthread follower_thread_;
};

TEST_F(AccountFollowerTest, ReadsATopicThatWasMadeAnewUnderItFromItsBeginning) {
  for (int version = 1; version <= 5; ++version) Announce("a", version);
  Follow();
  ASSERT_TRUE(Knows("a", 5));

  MakeTopicAnew();
  Announce("b", 1);

  EXPECT_TRUE(Knows("b", 1)) << "it waits at a position that the new topic does not have";
  EXPECT_TRUE(Knows("a", 5)) << "a topic that is empty says nothing of an account";
}

TEST_F(AccountFollowerTest, SeesAShortTopicThatWasMadeAnewWhileItWasDownAndIsAsLongAsTheOldOne) {
  Announce("a", 1);
  Follow();
  ASSERT_TRUE(Knows("a", 1));
  StopFollowing();
  MakeTopicAnew();
  Announce("b", 1);
  Announce("a", 2, 1);

  Follow();

  EXPECT_TRUE(Knows("b", 1)) << "the position of the old topic is the end of the new one";
  EXPECT_TRUE(Knows("a", 2));
}

TEST_F(AccountFollowerTest, StoresWhatItKnowsOnlyOnce) {
  Announce("a", 1);
  Announce("a", 2);
  Follow();
  ASSERT_TRUE(Knows("a", 2));
  StopFollowing();
  database_->NewSession()->Execute("UPDATE account SET name = 'kept'");

  Follow();
  Announce("c", 1, 2);
  ASSERT_TRUE(Knows("c", 1));

  EXPECT_EQ(place_.Ask("SELECT count(*) FROM account WHERE name = 'kept'"), 1);
}

}  // namespace
}  // namespace cdiscount::order_ingest
