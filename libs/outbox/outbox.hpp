#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "store/session.hpp"

namespace cdiscount::outbox {

/// One event that is to stand on Kafka, as its producer writes it.
struct Event {
  std::string topic;         ///< Without the installation's namespace prefix.
  std::string key;           ///< The aggregate: decides the partition. Never empty.
  std::int64_t version = 0;  ///< Of the aggregate; (topic, key, version, type) is unique.
  std::int32_t ordinal = 0;  ///< Order among events of one version.
  std::string type;          ///< CloudEvents type, "com.cdiscount-connect.order.received.v1".
  std::string id;            ///< CloudEvents id (a UUIDv5 of the fact): a re-publish has the same one.
  std::string subject;       ///< CloudEvents subject, the order id.
  SysTime time;              ///< CloudEvents time: when the fact was observed.
  std::string traceparent;   ///< W3C; may be empty.
  /// The value, any bytes. Absent: read when the row is published, where the topic has a value reader
  /// (TopicSpec::value_reader), else a tombstone.
  std::optional<std::string> value;
};

/// Writes events into the outbox table, in the transaction of the change that caused them. Stateless but for its
/// limits; safe to use from any thread.
class Outbox {
 public:
  /// `value_limit` in bytes; start-up compares it with the topics' max.message.bytes.
  explicit Outbox(std::size_t value_limit = std::size_t{60} * 1024) : value_limit_(value_limit) {}

  /// Adds the event. An event that is there already (same topic, key, version, type) is success and changes nothing; it
  /// is there until some time after its publication, so the caller's own versions keep it from coming again.
  /// Fails with kInvalidArgument when the value is larger than the limit (the caller keeps an attention item instead),
  /// or when topic, key, type or id is empty. Throws StoreError. The commit wakes the relay.
  Status Append(store::Transaction& transaction, const Event& event) const;

  /// For a value that is only read when its row is published: the caller compares its size with this limit.
  std::size_t value_limit() const { return value_limit_; }

 private:
  std::size_t value_limit_;
};

}  // namespace cdiscount::outbox
