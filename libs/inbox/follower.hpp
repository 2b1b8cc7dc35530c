#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "inbox/inbox.hpp"
#include "kafka/consumer.hpp"
#include "kafka/options.hpp"
#include "store/database.hpp"
#include "telemetry/metrics.hpp"

namespace cdiscount::inbox {

struct FollowerOptions {
  std::string service;  ///< "order-ingest": names the group of those that share the partitions.
  kafka::KafkaOptions kafka;
  std::string topic;  ///< Without the namespace prefix.
  Reading reading = Reading::kOnwards;
};

/// Follows a topic into the database: a thread of its own with a session of its own. A whole topic (Reading::kWhole) is
/// read by every replica, of which one writes; else the replicas share its partitions as a consumer group, whose
/// committed offsets are for lag monitors only.
///
///     inbox::Follower accounts{*database, {.service = "order-ingest", .kafka = settings.kafka,
///                                          .topic = "cdiscount.accounts.v1", .reading = inbox::Reading::kWhole},
///                              [](store::Transaction& tx, const kafka::Message& message) { return ...; }, metrics};
///     host.SpawnThread("accounts", [&](std::stop_token stop) { accounts.Run(stop); });
///
/// Metrics: inbox_messages_total{topic,outcome}, inbox_interrupted_total{topic}.
class Follower {
 public:
  /// `on_change` is called on the follower's thread after messages were applied. Opens no connection. `database` and
  /// `metrics` outlive the follower.
  Follower(store::Database& database, FollowerOptions options, Handler handler, telemetry::Metrics& metrics,
           std::function<void()> on_change = {});

  /// Until `stop`. Kafka, the topic or the database may be away, also at the start: it goes on when they are back.
  void Run(const std::stop_token& stop);

 private:
  Status Follow(const std::stop_token& stop);
  Status Start(kafka::Consumer& consumer);

  store::Database& database_;
  FollowerOptions options_;
  Inbox inbox_;
  std::function<void()> on_change_;
  telemetry::Counter& handled_;
  telemetry::Counter& unreadable_;
  telemetry::Counter& parked_;
  telemetry::Counter& interrupted_;
  std::unique_ptr<store::Session> session_;
  bool moved_ = false;  // since the last interruption
};

}  // namespace cdiscount::inbox
