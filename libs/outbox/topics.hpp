#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "store/session.hpp"

namespace cdiscount::outbox {

/// The partitions of every topic that an outbox publishes to. A key's partition follows from it, so another number is a
/// new topic version, never a change of a topic.
inline constexpr std::int32_t kPartitions = 12;

/// The value of a row that has none of its own, by the row's key and version, when it is published. Nothing = erased
/// meanwhile: a tombstone is published. Called on the lane's thread, with the lane's session, outside a transaction. An
/// error says that the value is there and cannot be read (a missing key): the row is parked, and tried again now and
/// then. An exception keeps the whole lane waiting.
using ValueReader =
    std::function<Result<std::optional<std::string>>(store::Session&, const std::string& key, std::int64_t version)>;

/// A topic that a service publishes to.
struct TopicSpec {
  std::string name;  ///< Without the installation's namespace prefix.
  /// The topic, with rows of its own, whose records this one gets as well: in the same transaction, byte for byte, with
  /// the attributes and the sequence that they have there. It has no rows of its own then. Empty: it has.
  std::string copy_of = {};
  bool compacted = false;                 ///< Keeps the last value of each key; else records live for `retention`.
  std::chrono::hours retention{24 * 30};  ///< Of a topic that is not compacted.
  /// For rows without a value; where there is no reader, such a row is a tombstone.
  ValueReader value_reader = {};

  /// The topic whose rows are published to this one.
  const std::string& Primary() const { return copy_of.empty() ? name : copy_of; }
};

/// A partition of a topic. Sequence and progress belong to those of topics with rows of their own.
struct StreamId {
  std::string topic;  ///< Without the namespace prefix.
  std::int32_t partition = 0;

  friend auto operator<=>(const StreamId&, const StreamId&) = default;
};

}  // namespace cdiscount::outbox
