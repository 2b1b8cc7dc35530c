#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "kafka/error.hpp"
#include "kafka/group_offsets.hpp"
#include "kafka/options.hpp"
#include "kafka/producer.hpp"
#include "kafka/record.hpp"
#include "outbox/relay/check.hpp"
#include "outbox/relay/lane_store.hpp"
#include "outbox/relay_options.hpp"

namespace cdiscount::outbox {

/// The names that a service's relay uses on the cluster, with the namespace prefix.
struct RelayNames {
  /// "<namespace>.<service>.outbox-progress": a topic without records and a group without members.
  static std::string Progress(const kafka::KafkaOptions& kafka, const std::string& service) {
    return kafka.Prefixed(service + ".outbox-progress");
  }
  /// "<namespace>.<service>.outbox.<lane>".
  static std::string TransactionalId(const kafka::KafkaOptions& kafka, const std::string& service, int lane) {
    return kafka.Prefixed(service + ".outbox." + std::to_string(lane));
  }
};

/// Where the progress of a topic stands: from partition slot * kPartitions of the progress topic on.
using ProgressSlots = std::map<std::string, std::int32_t>;

/// For a call that may take long: when to stop, and how to keep the lease meanwhile.
struct Turn {
  const std::stop_token& stop;
  /// Keeps the lane's lease; called every few seconds at least. An error or exception ends the call.
  std::function<Status()> keep_lease;
};

/// The result of a transaction that did not fail.
struct Published {
  std::map<StreamId, Progress> progress;      ///< Of the streams that had rows.
  std::map<StreamId, std::int64_t> log_ends;  ///< The offset after the last record of each stream and of its copies.
  /// A topic that was made anew showed: nothing was kept, and the transaction must be aborted. Empty when committed.
  std::optional<StreamId> recreated;
  std::string problem;
};

/// The records that a row becomes, with its value, and its attributes as headers: one on its topic, and the same on
/// each copy of it, in the order of `options.topics`.
std::vector<kafka::Record> ToRecords(const RelayOptions& options, const OutboxRow& row);

/// The Kafka side of a lane: writes rows and the progress they make in one transaction. For one thread; dropped with
/// the lease.
class Publisher {
 public:
  /// `options` outlive it.
  Publisher(const RelayOptions& options, int lane, std::string installation, ProgressSlots slots);

  /// Fences the lane's former owner. kRetriable: Kafka is away, call again.
  kafka::Outcome<void> TakeOver(std::chrono::milliseconds timeout) { return producer_.Init(timeout); }

  /// The stable progress of these partitions of each topic. A stream without one is absent.
  Result<std::map<StreamId, Progress>> ReadProgress(const std::vector<std::int32_t>& partitions,
                                                    std::chrono::milliseconds timeout);

  /// One transaction: the records of `rows` (stream by stream, in order of sequence) and the progress they make.
  kafka::Outcome<Published> Publish(const std::vector<OutboxRow>& rows, const std::map<StreamId, StreamState>& streams,
                                    const Turn& turn);

  /// Commits the progress anew, since a broker forgets what is silent for long. In a transaction, so that a former
  /// owner cannot turn it back.
  kafka::Outcome<void> Refresh(const std::map<StreamId, Progress>& progress, const Turn& turn);

  /// After a kAbortable failure or a Stop.
  kafka::Outcome<void> Abort(const Turn& turn);

 private:
  kafka::Outcome<void> SendProgress(const std::map<StreamId, Progress>& progress, const Turn& turn);
  kafka::Outcome<void> Deliver(const std::vector<OutboxRow>& rows, const std::map<StreamId, Progress>& progress,
                               const Turn& turn);
  void Look(Published& seen, const std::vector<OutboxRow>& rows, const std::map<StreamId, StreamState>& streams) const;
  std::int32_t ProgressPartition(const StreamId& stream) const;

  const RelayOptions& options_;
  std::string installation_;
  ProgressSlots slots_;
  std::string progress_name_;
  kafka::TransactionalProducer producer_;
  kafka::GroupOffsets progress_;
};

}  // namespace cdiscount::outbox
