#pragma once

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "kafka/admin.hpp"
#include "kafka/cloud_event.hpp"
#include "kafka/consumer.hpp"
#include "kafka/partitioner.hpp"
#include "kafka/testing/parse_cloud_event.hpp"
#include "migrations/outbox.hpp"
#include "outbox/event_relay.hpp"
#include "outbox/outbox.hpp"
#include "outbox/relay/relay_metrics.hpp"
#include "store/testing/test_database.hpp"
#include "telemetry/metrics.hpp"

namespace cdiscount::fakes {

using namespace std::chrono_literals;

inline constexpr auto kEvents = "cdiscount.test.events.v1";
inline constexpr auto kStates = "cdiscount.test.states.v1";
inline constexpr auto kCopies = "cdiscount.test.copies.v1";

inline std::string KafkaUnderTest() {
  const char* bootstrap = std::getenv("KAFKA_BOOTSTRAP");
  if (bootstrap == nullptr) throw std::runtime_error("KAFKA_BOOTSTRAP is not set: run under tests/support/stack.py");
  return bootstrap;
}

/// Asks every 10 ms until it is true: neither a topic nor a table of another process sends an event. False when the
/// time is over.
inline bool Eventually(const std::function<bool()>& condition, std::chrono::milliseconds timeout = 20s) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

/// Names of its own on a cluster that tests share.
inline kafka::KafkaOptions ANamespace() {
  static std::atomic<int> count{0};
  return {.bootstrap_servers = KafkaUnderTest(),
          .namespace_prefix = "t" + std::to_string(::getpid()) + "-" + std::to_string(++count)};
}

/// A database with an outbox, and what a service does with it.
class OutboxUnderTest {
 public:
  OutboxUnderTest() { store::Migrate(*database, migrations::Outbox()).value(); }

  void Append(const std::string& key, std::int64_t version, const std::string& topic = kEvents,
              std::optional<std::string> value = "value") {
    store::Transaction transaction(*session);
    outbox::Outbox{}
        .Append(transaction, {.topic = topic,
                              .key = key,
                              .version = version,
                              .type = "com.cdiscount-connect.test.happened.v1",
                              .id = key + "-" + std::to_string(version),
                              .subject = key,
                              .time = SystemClock{}.Now(),
                              .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                              .value = std::move(value)})
        .value();
    transaction.Commit();
  }
  /// `keys` orders with `versions` versions each.
  void AppendOrders(int keys, int versions, int first_version = 1) {
    for (int version = first_version; version < first_version + versions; ++version) {
      for (int key = 0; key < keys; ++key) Append("order-" + std::to_string(key), version);
    }
  }
  std::int64_t Ask(const std::string& sql) { return session->Query(sql).at(0).Int(0); }

  TestDatabase place;
  std::unique_ptr<store::Database> database = store::Database::Open({.url = place.url()}).value();
  std::unique_ptr<store::Session> session = database->NewSession();
};

/// An EventRelay on a thread of its own, from construction to destruction.
class RunningRelay {
 public:
  RunningRelay(store::Database& database, outbox::RelayOptions options)
      : relay_(database, std::move(options), metrics_),
        thread_([this](const std::stop_token& stop) { relay_.Run(stop); }) {}

  outbox::EventRelay& operator*() { return relay_; }
  outbox::EventRelay* operator->() { return &relay_; }
  telemetry::Metrics& metrics() { return metrics_; }
  double CommittedTransactions() { return outbox::RelayMetrics(metrics_, {}).committed.Value(); }
  void Stop() {
    thread_.request_stop();
    thread_.join();
  }

  /// The reason for which a lane is stopped; empty when none is.
  std::string StopReason() const {
    for (const auto& lane : relay_.Lanes()) {
      if (lane.stop) return std::string(ToString(lane.stop->reason));
    }
    return {};
  }
  bool WaitForStop(const std::string& reason) {
    return Eventually([&] { return StopReason() == reason; }, 30s);
  }
  bool WaitForState(outbox::LaneState state, std::chrono::milliseconds timeout = 30s) {
    return Eventually(
        [&] {
          const auto lanes = relay_.Lanes();
          return !lanes.empty() && std::ranges::all_of(lanes, [&](const auto& lane) { return lane.state == state; });
        },
        timeout);
  }

 private:
  telemetry::Metrics metrics_{"test"};
  outbox::EventRelay relay_;
  std::jthread thread_;
};

inline outbox::RelayOptions OptionsFor(const kafka::KafkaOptions& kafka) {
  return {.service = "tester",
          .kafka = kafka,
          .topics = {{.name = kEvents},
                     {.name = kStates, .compacted = true},
                     {.name = kCopies, .copy_of = kEvents, .compacted = true}},
          .poll_period = 100ms,
          .check_again = 500ms};
}

/// Every committed record of a topic, each partition in order. None of a topic that does not exist.
inline std::vector<kafka::Message> ReadTopic(const kafka::KafkaOptions& kafka, const std::string& topic = kEvents) {
  std::vector<kafka::Message> messages;
  kafka::Consumer consumer(kafka, topic);
  const auto status =
      consumer.ReadToEnd({}, [&](kafka::Message message) { messages.push_back(std::move(message)); }, 30s);
  if (!status && status.error().code != ErrorCode::kNotFound) throw BadResult(status.error());
  return messages;
}

/// The faults of a topic on which each key should have the versions 1 to `versions`, once and in order.
inline std::vector<std::string> Faults(const std::vector<kafka::Message>& messages, int keys, int versions) {
  std::vector<std::string> faults;
  std::map<std::int32_t, std::int64_t> sequences;
  std::map<std::string, int> last_version;
  for (const auto& message : messages) {
    const auto event = fakes::ParseCloudEvent(message).value();
    const auto where = std::to_string(message.partition) + "@" + std::to_string(message.offset);
    if (event.sequence != ++sequences[message.partition]) faults.push_back("sequence gap at " + where);
    if (message.partition != kafka::PartitionOf(message.key, outbox::kPartitions)) faults.push_back("astray: " + where);
    if (event.id != message.key + "-" + std::to_string(++last_version[message.key])) {
      faults.push_back("expected version " + std::to_string(last_version[message.key]) + " at " + where + ": " +
                       event.id);
    }
  }
  for (int key = 0; key < keys; ++key) {
    const auto name = "order-" + std::to_string(key);
    if (last_version[name] != versions) faults.push_back(name + " ends at " + std::to_string(last_version[name]));
  }
  return faults;
}

}  // namespace cdiscount::fakes
