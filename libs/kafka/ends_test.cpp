// The ends of partitions, asked of a cluster in the process whose broker goes away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
// after rdkafka.h
#include <librdkafka/rdkafka_mock.h>

#include <chrono>
#include <memory>

#include "core/testing/result_matchers.hpp"
#include "kafka/admin.hpp"
#include "kafka/conf.hpp"

namespace cdiscount::kafka {
namespace {

using namespace std::chrono_literals;
using fakes::Succeeds;
using ::testing::ElementsAre;
using ::testing::Not;

class EndsTest : public ::testing::Test {
 protected:
  EndsTest() { rd_kafka_mock_topic_create(cluster_.get(), "t", 2, 1); }

  ClientHandle owner_ = MakeClient(RD_KAFKA_PRODUCER, MakeConf({.bootstrap_servers = "127.0.0.1:1"}, {}));
  std::unique_ptr<rd_kafka_mock_cluster_t, decltype(&rd_kafka_mock_cluster_destroy)> cluster_{
      rd_kafka_mock_cluster_new(owner_.get(), 1), &rd_kafka_mock_cluster_destroy};
  Admin admin_{{.bootstrap_servers = rd_kafka_mock_cluster_bootstraps(cluster_.get())}};
};

TEST_F(EndsTest, AreThoseOfThePartitionsInTheOrderOfTheQuestion) {
  const auto ends = admin_.Ends("t", {1, 0}, 5s);

  ASSERT_THAT(ends, Succeeds());
  EXPECT_THAT(*ends, ElementsAre(0, 0));
}

TEST_F(EndsTest, AreNotWaitedForBeyondTheTimeoutWhileTheLeaderIsAway) {
  ASSERT_THAT(admin_.CountPartitions("t", 5s), Succeeds());
  rd_kafka_mock_broker_set_down(cluster_.get(), 1);
  const auto asked = std::chrono::steady_clock::now();

  const auto ends = admin_.Ends("t", {0, 1}, 500ms);

  EXPECT_THAT(ends, Not(Succeeds()));
  EXPECT_LT(std::chrono::steady_clock::now() - asked, 10s);
}

}  // namespace
}  // namespace cdiscount::kafka
