#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "core/result.hpp"
#include "domain/compare.hpp"
#include "domain/order.hpp"
#include "domain/recipients.hpp"
#include "outbox/outbox.hpp"

namespace cdiscount::orders::v1 {
class Order;
}

// Order -> what others see: the messages of proto/ and the events of the outbox. Pure.
namespace cdiscount::order_ingest {

inline constexpr std::string_view kEventsTopic = "cdiscount.order.events.v1";
inline constexpr std::string_view kStateTopic = "cdiscount.order.state.v1";
inline constexpr std::string_view kRecipientsTopic = "cdiscount.order.recipients.v1";

orders::v1::Order ToProto(const Order& order);
/// The way back, for what is stored. Fails with kInternal when the message breaks a rule of Order.
Result<Order> FromProto(const orders::v1::Order& message);

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

}  // namespace cdiscount::order_ingest
