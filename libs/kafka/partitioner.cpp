#include "kafka/partitioner.hpp"

#include <librdkafka/rdkafka.h>

namespace cdiscount::kafka {

std::int32_t PartitionOf(std::string_view key, std::int32_t partitions) {
  // The topic and the opaques are not looked at.
  return rd_kafka_msg_partitioner_murmur2(nullptr, key.data(), key.size(), partitions, nullptr, nullptr);
}

}  // namespace cdiscount::kafka
