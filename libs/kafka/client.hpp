#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "kafka/error.hpp"

// Questions that every kind of client may ask. Only .cpp files of this library include this.
namespace cdiscount::kafka {

inline int Milliseconds(std::chrono::milliseconds timeout) {
  return static_cast<int>(timeout.count());
}

/// The number of partitions of a topic. kNotFound when it does not exist.
Result<std::int32_t> CountPartitions(rd_kafka_t* client, const std::string& topic, std::chrono::milliseconds timeout);

/// The end of each of these partitions, in their order; for a read_committed client a partition ends before its first
/// open transaction. All of them in one wait of at most `timeout`.
Result<std::vector<std::int64_t>> EndsOf(rd_kafka_t* client, const std::string& topic,
                                         const std::vector<std::int32_t>& partitions,
                                         std::chrono::milliseconds timeout);

}  // namespace cdiscount::kafka
