#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cdiscount/orders/v1/order.pb.h"
#include "core/result.hpp"
#include "crypto/sealed_box.hpp"
#include "domain/compare.hpp"
#include "domain/order.hpp"
#include "domain/recipients.hpp"
#include "kafka/options.hpp"
#include "outbox/outbox.hpp"
#include "outbox/relay_options.hpp"

// Order -> what others see: the messages of proto/ and the events of the outbox. Pure.
namespace cdiscount::order_ingest {

inline constexpr std::string_view kEventsTopic = "cdiscount.order.events.v1";
inline constexpr std::string_view kStateTopic = "cdiscount.order.state.v1";
inline constexpr std::string_view kRecipientsTopic = "cdiscount.order.recipients.v1";

orders::v1::Order ToProto(const Order& order);
/// The way back, for what is stored. Fails with kInternal when the message breaks a rule of Order.
Result<Order> FromProto(const orders::v1::Order& message);

OrderStatus FromProto(orders::v1::OrderStatus status);

/// cdiscount.events.v1.OrderRecipients as bytes.
std::string RecipientsMessage(const OrderKey& key, std::int64_t version, const Recipients& recipients);

/// One version of an order, decided.
struct NewVersion {
  Order order;  ///< With the status to announce.
  Decision decision;
  std::optional<OrderStatus> previous_status;  ///< Absent at the first sight.
  Fingerprint fingerprint;
  SysTime observed_at;
  AccountId account;
  std::string traceparent;
};

/// The events of a version, in order: the event, the state, and the recipients when they changed.
std::vector<outbox::Event> EventsOf(const NewVersion& version);

/// "com.cdiscount-connect.order.ready_to_ship.v1".
std::string CloudEventType(OrderEventType type);

/// What the relay publishes for this service, and how: three topics, the recipients read when they go out. `box`
/// outlives the relay.
outbox::RelayOptions RelayFor(const kafka::KafkaOptions& kafka, const crypto::SealedBox& box);

}  // namespace cdiscount::order_ingest
