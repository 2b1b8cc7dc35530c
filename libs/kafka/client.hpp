#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "kafka/error.hpp"

// Questions that every kind of client may ask. Only .cpp files of this library include this.
namespace cdiscount::kafka {

inline int Milliseconds(std::chrono::milliseconds timeout) {
  return static_cast<int>(timeout.count());
}

/// The number of partitions of a topic. kNotFound when it does not exist.
Result<std::int32_t> CountPartitions(rd_kafka_t* client, const std::string& topic, std::chrono::milliseconds timeout);

/// Where a partition begins and ends; for a read_committed client it ends before the first open transaction.
struct Bounds {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};
Result<Bounds> BoundsOf(rd_kafka_t* client, const std::string& topic, std::int32_t partition,
                        std::chrono::milliseconds timeout);

}  // namespace cdiscount::kafka
