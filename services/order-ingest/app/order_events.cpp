#include "app/order_events.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <utility>

#include "crypto/uuid.hpp"
#include "domain/messages.hpp"
#include "marketplace/recipients.hpp"
#include "rows/orders.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace ev = cdiscount::events::v1;

// The namespace of our event ids (UUIDv5). Never changes: an event that is published again has the same id.
constexpr std::string_view kEventIds = "5f0d2f5e-6c0b-5d8e-9a53-0c9a7d4f1b27";

outbox::Event Blank(const NewVersion& version, std::string_view topic, std::int32_t ordinal, std::string type) {
  const auto key = version.key.ToString();
  outbox::Event event;
  event.topic = topic;
  event.key = key;
  event.version = version.decision.version;
  event.ordinal = ordinal;
  event.id = crypto::UuidV5(kEventIds, key + "/" + std::to_string(version.decision.version) + "/" + type + "/" +
                                           version.fingerprint.content + "/" + version.fingerprint.recipients);
  event.type = std::move(type);
  event.subject = version.key.order.value();
  event.time = version.observed_at;
  event.traceparent = version.traceparent;
  return event;
}

// The order is serialised once: what stands in the row stands in the message, between the fields before and behind it.
std::string OrderEvent(const NewVersion& version) {
  constexpr std::uint32_t kLengthDelimited = 2;
  ev::OrderEvent before;
  before.set_type(version.decision.event);
  before.set_version(version.decision.version);
  if (version.previous_status) before.set_previous_status(*version.previous_status);
  auto value = before.SerializeAsString();
  {
    google::protobuf::io::StringOutputStream stream(&value);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.WriteTag(static_cast<std::uint32_t>(ev::OrderEvent::kOrderFieldNumber) << 3U | kLengthDelimited);
    out.WriteVarint32(static_cast<std::uint32_t>(version.order.size()));
    out.WriteRaw(version.order.data(), static_cast<int>(version.order.size()));
  }
  ev::OrderEvent behind;
  Set(behind.mutable_observed_at(), version.observed_at);
  behind.set_account_id(version.account.value());
  return value + behind.SerializeAsString();
}

}  // namespace

std::string CloudEventType(OrderEventType type) {
  return "com.cdiscount-connect.order." + ToWord(type) + ".v1";
}

std::vector<outbox::Event> EventsOf(const NewVersion& version) {
  std::vector<outbox::Event> events;
  events.push_back(Blank(version, kEventsTopic, 0, CloudEventType(version.decision.event)));
  events.back().value = OrderEvent(version);
  if (version.decision.recipients_changed) {
    // No value: the recipients are read when the row is published, so that what was erased meanwhile stays erased.
    events.push_back(Blank(version, kRecipientsTopic, 1, "com.cdiscount-connect.order.recipients.v1"));
  }
  return events;
}

outbox::RelayOptions RelayFor(const kafka::KafkaOptions& kafka, const crypto::SealedBox& box) {
  return {.service = "order-ingest",
          .kafka = kafka,
          .topics = {{.name = std::string(kEventsTopic)},
                     {.name = std::string(kStateTopic), .copy_of = std::string(kEventsTopic), .compacted = true},
                     {.name = std::string(kRecipientsTopic),
                      .compacted = true,
                      .value_reader = [&box](store::Session& session, const std::string& key, std::int64_t) {
                        return ReadRecipients(session, box, key);
                      }}}};
}

Result<std::optional<std::string>> ReadRecipients(store::Session& session, const crypto::SealedBox& box,
                                                  const std::string& key) {
  const auto stored = rows::FindRecipients(session, key);
  if (!stored) return std::optional<std::string>();
  auto record = marketplace::Recipients::ToPublish(box, rows::RecipientsRow(key), stored->sealed);
  if (!record) return record.error();
  return std::optional(std::move(*record));
}

}  // namespace cdiscount::order_ingest
