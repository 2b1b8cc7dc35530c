#include "outbox/outbox.hpp"

#include <fmt/format.h>

#include "crypto/encoding.hpp"
#include "kafka/partitioner.hpp"
#include "outbox/topics.hpp"

namespace cdiscount::outbox {
namespace {

constexpr std::string_view kAppend =
    "INSERT INTO outbox_row (topic, partition, key, version, ordinal, type, event_id, subject, event_time, "
    "traceparent, "
    "value) VALUES (:topic, :partition, :key, :version, :ordinal, :type, :event_id, :subject, :event_time, "
    ":traceparent, "
    ":value) ON CONFLICT (topic, key, version, type) DO NOTHING";

Error Refused(const Event& event, const std::string& why, std::string field) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("the event {} of \"{}\" cannot go into the outbox of {}: {}", event.type, event.key, event.topic,
                      why),
          std::nullopt, std::move(field)};
}

}  // namespace

Status Outbox::Append(store::Transaction& transaction, const Event& event) const {
  if (event.topic.empty()) return Refused(event, "it names no topic", "topic");
  if (event.key.empty()) return Refused(event, "its key is empty, so it belongs to no partition", "key");
  if (event.type.empty()) return Refused(event, "it has no type", "type");
  if (event.id.empty()) return Refused(event, "it has no id", "id");
  if (event.value && event.value->size() > value_limit_) {
    return Refused(event,
                   fmt::format("its value has {} bytes, the limit is {}; keep it as an attention item",
                               event.value->size(), value_limit_),
                   "value");
  }
  std::optional<std::string> value;
  if (event.value) value = crypto::Base64Encode(*event.value);
  transaction.Execute(kAppend,
                      {event.topic, kafka::PartitionOf(event.key, kPartitions), event.key, event.version, event.ordinal,
                       event.type, event.id, event.subject, event.time, event.traceparent, value});
  return Ok();
}

}  // namespace cdiscount::outbox
