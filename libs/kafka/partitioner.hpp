#pragma once

#include <cstdint>
#include <string_view>

namespace cdiscount::kafka {

/// Where a record with this key belongs in a topic of `partitions` (> 0) partitions: as Java's default partitioner
/// says, (murmur2(key) & 0x7fffffff) % partitions. Safe to call from any thread.
std::int32_t PartitionOf(std::string_view key, std::int32_t partitions);

}  // namespace cdiscount::kafka
