#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"

namespace cdiscount::kafka {

/// Names and values, in order. A name may come more than once.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// A record on its way to the cluster.
struct Record {
  std::string topic;  ///< As the cluster knows it, with the namespace prefix.
  std::int32_t partition = 0;
  std::string key;
  std::optional<std::string> value;  ///< Absent: a tombstone.
  Headers headers;
};

/// A record that was read.
struct Message {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  SysTime timestamp;
  std::string key;
  std::optional<std::string> value;  ///< Absent: a tombstone.
  Headers headers;

  /// The last header of this name.
  std::optional<std::string> Header(std::string_view name) const {
    for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
      if (header->first == name) return header->second;
    }
    return std::nullopt;
  }
};

/// A place in a partition, and what was said with it.
struct PartitionOffset {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::string metadata = {};

  friend bool operator==(const PartitionOffset&, const PartitionOffset&) = default;
};

}  // namespace cdiscount::kafka
