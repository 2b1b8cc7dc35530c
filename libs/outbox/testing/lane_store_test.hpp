#pragma once

// The fixture of the tests of a lane's database work, on the engine under test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/testing/result_matchers.hpp"
#include "kafka/partitioner.hpp"
#include "migrations/outbox.hpp"
#include "outbox/outbox.hpp"
#include "outbox/relay/lane_store.hpp"
#include "outbox/relay/parked_rows.hpp"
#include "store/database.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::fakes {

inline const std::vector<outbox::TopicSpec> kTopics = {
    {.name = "orders"}, {.name = "copies", .copy_of = "orders"}, {.name = "people"}};

/// The n-th key of the form "A-<number>" that belongs to partition 0.
inline std::string KeyOfPartition0(int n) {
  for (int i = 0;; ++i) {
    auto key = "A-" + std::to_string(i);
    if (kafka::PartitionOf(key, outbox::kPartitions) == 0 && n-- == 0) return key;
  }
}

/// The database work of a lane, on the engine under test: lane 0 carries partition 0 on both.
class LaneStoreTest : public ::testing::Test {
 protected:
  LaneStoreTest() { store::Migrate(*database_, migrations::Outbox()).value(); }

  outbox::LaneStore Owner(const std::string& name, std::chrono::milliseconds ttl = std::chrono::seconds{15}) {
    return {*sessions_.emplace_back(database_->NewSession()), 0, name, ttl};
  }

  /// With the lease, and told of the topics.
  outbox::LaneStore AnOwner() {
    auto owner = Owner("owner");
    EXPECT_TRUE(owner.Claim(false));
    EXPECT_THAT(owner.Streams(kTopics), Succeeds());
    return owner;
  }

  Status ParkRow(outbox::LaneStore& lane, std::int64_t sequence) {
    return lane.AsOwner([&](auto& transaction) { outbox::Park(transaction, {"orders", 0}, sequence, "no key"); });
  }

  void Append(const std::string& key, std::int64_t version, std::string topic = "orders", std::int32_t ordinal = 0) {
    store::Transaction transaction(*session_);
    outbox::Outbox{}
        .Append(transaction, {.topic = std::move(topic),
                              .key = key,
                              .version = version,
                              .ordinal = ordinal,
                              .type = "type " + std::to_string(ordinal),
                              .id = key + "-" + std::to_string(version),
                              .time = SysTime{std::chrono::seconds{1}},
                              .value = "value of " + key})
        .value();
    transaction.Commit();
  }

  TestDatabase place_;
  std::unique_ptr<store::Database> database_ = store::Database::Open({.url = place_.url()}).value();
  std::unique_ptr<store::Session> session_ = database_->NewSession();
  std::vector<std::unique_ptr<store::Session>> sessions_;
  const std::string key_ = KeyOfPartition0(0);
  const std::string other_key_ = KeyOfPartition0(1);
};

}  // namespace cdiscount::fakes
