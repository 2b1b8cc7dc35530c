#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "kafka/handles.hpp"
#include "kafka/options.hpp"
#include "kafka/record.hpp"

namespace cdiscount::kafka {

/// Makes and describes topics. All names are as the cluster knows them. For one thread, which it blocks.
/// kUnavailable and kDeadlineExceeded: the cluster is away, ask again.
class Admin {
 public:
  /// Contacts no broker. Throws BadResult for options that librdkafka refuses.
  explicit Admin(const KafkaOptions& options);

  /// Success also when the topic is there already, whatever it looks like. Replicas as the cluster's default says.
  Status CreateTopic(const std::string& topic, std::int32_t partitions,
                     const std::map<std::string, std::string>& config, std::chrono::milliseconds timeout);

  /// Adds partitions until the topic has `total`; one that has more stays.
  Status GrowTopic(const std::string& topic, std::int32_t total, std::chrono::milliseconds timeout);

  /// Deletes a topic; success also when it does not exist. For tests and tools: no service calls it.
  Status DeleteTopic(const std::string& topic, std::chrono::milliseconds timeout);

  /// kNotFound when the topic does not exist.
  Result<std::int32_t> CountPartitions(const std::string& topic, std::chrono::milliseconds timeout);

  /// The topic's own settings, "max.message.bytes" among them.
  Result<std::map<std::string, std::string>> Config(const std::string& topic, std::chrono::milliseconds timeout);

  /// The offset after the last record of each partition named, open and aborted transactions included.
  Result<std::vector<std::int64_t>> Ends(const std::string& topic, const std::vector<std::int32_t>& partitions,
                                         std::chrono::milliseconds timeout);

 private:
  using Send = std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>;
  /// Sends a request and waits for its answer.
  Result<EventHandle> Ask(const std::string& tried, rd_kafka_admin_op_t operation, std::chrono::milliseconds timeout,
                          const Send& send);

  ClientHandle client_;
  QueueHandle queue_;
};

}  // namespace cdiscount::kafka
