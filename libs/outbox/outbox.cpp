#include "outbox/outbox.hpp"

#include <fmt/format.h>

#include "kafka/partitioner.hpp"
#include "outbox/topics.hpp"

namespace cdiscount::outbox {
namespace {

constexpr std::string_view kAppend =
    "INSERT INTO outbox_row (topic, partition, key, version, ordinal, type, event_id, subject, event_time, "
    "traceparent, "
    "value) VALUES (:topic, :partition, :key, :version, :ordinal, :type, :event_id, :subject, :event_time, "
    ":traceparent, :value) ON CONFLICT (topic, key, version, type) DO NOTHING";

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
  std::optional<store::Bytes> value;
  if (event.value) value = store::Bytes{*event.value};
  transaction.Execute(kAppend, {{"topic", event.topic},
                                {"partition", kafka::PartitionOf(event.key, kPartitions)},
                                {"key", event.key},
                                {"version", event.version},
                                {"ordinal", event.ordinal},
                                {"type", event.type},
                                {"event_id", event.id},
                                {"subject", event.subject},
                                {"event_time", event.time},
                                {"traceparent", event.traceparent},
                                {"value", value}});
  transaction.NotifyOnCommit();  // wakes the relay
  return Ok();
}

}  // namespace cdiscount::outbox
