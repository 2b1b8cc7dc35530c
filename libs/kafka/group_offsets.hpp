#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "kafka/handles.hpp"
#include "kafka/options.hpp"
#include "kafka/record.hpp"

namespace cdiscount::kafka {

/// Reads the offsets that transactions committed for a group without members. For one thread.
class GroupOffsets {
 public:
  /// `group` and `topic` as the cluster knows them. Throws BadResult for options that librdkafka refuses.
  GroupOffsets(const KafkaOptions& options, std::string group, std::string topic);

  /// The stable offset of each partition named, in that order; nothing for one that has none. Waits while a transaction
  /// with offsets of theirs is open. kUnavailable and kDeadlineExceeded: ask again.
  Result<std::vector<std::optional<PartitionOffset>>> Read(const std::vector<std::int32_t>& partitions,
                                                           std::chrono::milliseconds timeout);

 private:
  const std::string group_;
  const std::string topic_;
  ClientHandle client_;
};

}  // namespace cdiscount::kafka
