#include "kafka/partitioner.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cdiscount::kafka {
namespace {

struct Vector {
  std::string key;
  std::int32_t hash;
};

/// The hashes that Kafka's own test expects (UtilsTest.testMurmur2).
const Vector kVectors[] = {
    {"21", -973932308},
    {"foobar", -790332482},
    {"a-little-bit-long-string", -985981536},
    {"a-little-bit-longer-string", -1486304829},
    {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
    {"abc", 479470107},
};

TEST(Partitioner, ChoosesThePartitionThatJavaChooses) {
  for (const auto& [key, hash] : kVectors) {
    const auto positive = static_cast<std::int64_t>(hash) & 0x7fffffff;
    for (const std::int32_t partitions : {1, 2, 7, 12, 1000, 0x7fffffff}) {
      EXPECT_EQ(PartitionOf(key, partitions), positive % partitions) << key << " of " << partitions;
    }
  }
}

TEST(Partitioner, TakesKeysThatAreNotText) {
  // Java: toPositive(murmur2(new byte[]{0, (byte) 0xff})) and of no bytes at all; any partition is one of the topic's.
  for (const auto& key : {std::string("\0\xff", 2), std::string()}) {
    EXPECT_GE(PartitionOf(key, 12), 0);
    EXPECT_LT(PartitionOf(key, 12), 12);
  }
}

}  // namespace
}  // namespace cdiscount::kafka
