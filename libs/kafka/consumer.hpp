#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "kafka/options.hpp"
#include "kafka/record.hpp"

namespace cdiscount::kafka {

/// Reads one topic from places that the caller names: committed records only, no group, nothing committed. For one
/// thread, which it blocks.
class Consumer {
 public:
  /// `topic` without the namespace prefix. Contacts nobody. Throws BadResult for options that librdkafka refuses.
  Consumer(const KafkaOptions& options, std::string topic);
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  /// The number of partitions. kNotFound when the topic does not exist.
  Result<std::int32_t> CountPartitions(std::chrono::milliseconds timeout);

  /// Where each partition ends now: the offset after the last committed record, open transactions left out.
  Result<std::vector<PartitionOffset>> Ends(std::chrono::milliseconds timeout);

  /// Reads every partition of the topic from here on: at the offset named, else from its beginning.
  Status Start(const std::vector<PartitionOffset>& positions, std::chrono::milliseconds timeout);

  /// Up to `most` records, as soon as there is one; an empty answer when none came in time. kNotFound: a position is
  /// not on the topic any more (trimmed, or another topic of that name): starting anew is the caller's decision. What
  /// is transient (broker away) is waited out inside and shows as an empty answer.
  Result<std::vector<Message>> Poll(std::size_t most, std::chrono::milliseconds timeout);

  /// From the beginning (or the positions given to Start, which this replaces) to where the topic ended when this was
  /// called. `on_message` is called for each record. kDeadlineExceeded when the time is over, kCancelled on a stop.
  Status ReadToEnd(const std::vector<PartitionOffset>& positions, const std::function<void(Message)>& on_message,
                   std::chrono::milliseconds timeout, std::stop_token stop = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cdiscount::kafka
