#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "kafka/handles.hpp"
#include "kafka/options.hpp"
#include "kafka/record.hpp"

namespace cdiscount::kafka {

/// Reads one topic from places that the caller names: committed records only. For one thread, which it blocks.
class Consumer {
 public:
  /// `topic` without the namespace prefix; `group`, too, for Join. Contacts no broker. Throws BadResult for options
  /// that librdkafka refuses.
  Consumer(const KafkaOptions& options, const std::string& topic, const std::string& group = "cdiscount.reader");
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  /// The number of partitions. kNotFound when the topic does not exist.
  Result<std::int32_t> CountPartitions(std::chrono::milliseconds timeout);

  /// Where each partition ends now: the offset after the last committed record, open transactions left out.
  Result<std::vector<PartitionOffset>> Ends(std::chrono::milliseconds timeout);

  /// Reads every partition of the topic from here on: at the offset named, else from its beginning.
  Status Start(const std::vector<PartitionOffset>& positions, std::chrono::milliseconds timeout);

  /// Gives the places from which partitions are to be read. Poll passes its exceptions on.
  using Places = std::function<std::vector<PartitionOffset>(const std::vector<std::int32_t>& partitions)>;

  /// Reads those partitions that the group gives to this member from now on; `places` is asked, within Poll, each time
  /// that it gives some. The group has no say in where they begin.
  Status Join(Places places);
  /// Tells the group, for lag monitors, that these records were dealt with. Not waited for; an error says nothing.
  void NotePositions(const std::vector<Message>& messages);

  /// Up to `most` records, as soon as there is one; an empty answer when none came in time. kNotFound: a position is
  /// not on the topic any more (trimmed, or another topic of that name): starting anew is the caller's decision. What
  /// is transient (broker away) is waited out inside and shows as an empty answer.
  Result<std::vector<Message>> Poll(std::size_t most, std::chrono::milliseconds timeout);

  /// From the beginning (or the positions given to Start, which this replaces) to where the topic ended when this was
  /// called. `on_message` is called for each record. kDeadlineExceeded when the time is over, kCancelled on a stop.
  Status ReadToEnd(const std::vector<PartitionOffset>& positions, const std::function<void(Message)>& on_message,
                   std::chrono::milliseconds timeout, std::stop_token stop = {});

 private:
  /// On the thread that polls.
  static void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* given,
                          void* self);
  ClientHandle Make(const KafkaOptions& options, const std::string& group);
  /// Fills in where the partitions begin. False when that cannot be told: Poll gives the reason.
  bool Place(rd_kafka_topic_partition_list_t& given);

  const std::string topic_;
  Places places_;
  std::exception_ptr problem_;
  std::vector<bool> at_end_;  // by partition: everything that was there has been handed out
  ClientHandle client_;       // the last: its end may still tell of partitions
};

}  // namespace cdiscount::kafka
