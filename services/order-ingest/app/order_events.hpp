#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/sealed_box.hpp"
#include "domain/compare.hpp"
#include "domain/order.hpp"
#include "kafka/options.hpp"
#include "outbox/outbox.hpp"
#include "outbox/relay_options.hpp"
#include "store/session.hpp"

// Order -> what others see: the events of the outbox. Pure.
namespace cdiscount::order_ingest {

inline constexpr std::string_view kEventsTopic = "cdiscount.order.events.v1";
inline constexpr std::string_view kStateTopic = "cdiscount.order.state.v1";
inline constexpr std::string_view kRecipientsTopic = "cdiscount.order.recipients.v1";

/// One version of an order, decided.
struct NewVersion {
  OrderKey key;
  std::string order;  ///< The bytes of its message, with the status to announce.
  Decision decision;
  std::optional<OrderStatus> previous_status;  ///< Absent at the first sight.
  Fingerprint fingerprint;
  SysTime observed_at;
  AccountId account;
  std::string traceparent;
};

/// The events of a version, in order: the event, and the recipients when they changed. The relay copies the event to
/// the state topic.
std::vector<outbox::Event> EventsOf(const NewVersion& version);

/// "com.cdiscount-connect.order.ready_to_ship.v1".
std::string CloudEventType(OrderEventType type);

/// The relay's options for this service: the events, their compacted copy, and the recipients, which are read when they
/// are published. `box` outlives the relay.
outbox::RelayOptions RelayFor(const kafka::KafkaOptions& kafka, const crypto::SealedBox& box);

/// The people of an order, as they are published. Nothing when they were erased. kUnreadable when their key is missing:
/// they must then wait, not become a tombstone.
Result<std::optional<std::string>> ReadRecipients(store::Session& session, const crypto::SealedBox& box,
                                                  const std::string& key);

}  // namespace cdiscount::order_ingest
