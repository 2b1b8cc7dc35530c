#include "show_events.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include "cdiscount/events/v1/account_event.pb.h"
#include "cdiscount/events/v1/order_event.pb.h"
#include "cdiscount/events/v1/order_recipients.pb.h"
#include "core/time_text.hpp"
#include "crypto/encoding.hpp"
#include "show_orders.hpp"
#include "telemetry/json_text.hpp"
#include "words.hpp"

namespace cdiscount::cli {
namespace {

namespace pb = cdiscount::events::v1;

/// The decoded value; nothing when it is absent, unreadable or of an unknown type.
std::unique_ptr<google::protobuf::Message> Decode(const kafka::Message& message, std::string_view topic) {
  auto decoded = MessageOf(topic);
  if (!decoded || !message.value || !decoded->ParseFromString(*message.value)) return nullptr;
  return decoded;
}

std::string Compact(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  return status.ok() ? text : "null";
}

std::string Indented(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string text, indented;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return "";
  for (const char character : text) {
    if (indented.empty() || indented.back() == '\n') indented += "    ";
    indented += character;
  }
  return indented;
}

std::string OrderSummary(const orders::v1::Order& order, std::int64_t version, std::size_t width) {
  return fmt::format("version {} of order {}: {}, {}\n{}", version, order.order_id(), OrderStatusWord(order.status()),
                     MoneyWord(order.total_selling_price()), ShowLines(order, width, 4));
}

std::string ValueText(const kafka::Message& message, std::string_view topic, std::size_t width) {
  if (!message.value) return "none: a tombstone, what stood under this key is erased\n";
  const auto decoded = Decode(message, topic);
  if (!decoded) return fmt::format("{} bytes that cannot be decoded as a value of {}\n", message.value->size(), topic);
  const auto head = fmt::format("{}, {} bytes:", decoded->GetDescriptor()->name(), message.value->size());
  if (const auto* event = dynamic_cast<const pb::OrderEvent*>(decoded.get())) {
    constexpr std::string_view kPrefix = "ORDER_EVENT_TYPE_";
    const auto type = pb::OrderEventType_Name(event->type());
    return head + " " +
           (type.empty() ? fmt::format("type {}", static_cast<int>(event->type())) : type.substr(kPrefix.size())) +
           ", " + OrderSummary(event->order(), event->version(), width);
  }
  if (const auto* state = dynamic_cast<const pb::OrderState*>(decoded.get())) {
    return head + " " + OrderSummary(state->order(), state->version(), width);
  }
  return head + "\n" + Indented(*decoded);
}

std::string StringMember(std::string_view name, std::string_view value) {
  std::string text;
  telemetry::AppendJsonString(text, name);
  text += ':';
  telemetry::AppendJsonString(text, value);
  return text;
}

}  // namespace

std::unique_ptr<google::protobuf::Message> MessageOf(std::string_view topic) {
  if (topic == "cdiscount.order.events.v1") return std::make_unique<pb::OrderEvent>();
  if (topic == "cdiscount.order.state.v1") return std::make_unique<pb::OrderState>();
  if (topic == "cdiscount.order.recipients.v1") return std::make_unique<pb::OrderRecipients>();
  if (topic == "cdiscount.accounts.v1") return std::make_unique<pb::AccountEvent>();
  return nullptr;
}

std::string ShowEvent(const kafka::Message& message, std::string_view topic, std::size_t width) {
  auto text = fmt::format("{}  partition {}  offset {}  {}\n", message.topic, message.partition, message.offset,
                          FormatIso8601(message.timestamp));
  const auto add = [&](std::string_view name, std::string_view value) {
    text += fmt::format("  {:<15} {}\n", name, value);
  };
  add("key", message.key);
  for (const auto& [name, value] : message.headers) add(name, value);
  text += fmt::format("  {:<15} {}\n", "value", ValueText(message, topic, width));
  while (text.ends_with("\n\n")) text.pop_back();
  return text + "\n";
}

std::string EventJson(const kafka::Message& message, std::string_view topic) {
  std::string headers;
  for (const auto& [name, value] : message.headers) {
    headers += (headers.empty() ? "" : ",") + StringMember(name, value);
  }
  auto text =
      fmt::format("{{{},\"partition\":{},\"offset\":{},{},{},\"headers\":{{{}}},", StringMember("topic", message.topic),
                  message.partition, message.offset, StringMember("timestamp", FormatIso8601(message.timestamp)),
                  StringMember("key", message.key), headers);
  const auto decoded = Decode(message, topic);
  text += "\"value\":" + (decoded ? Compact(*decoded) : "null");
  if (message.value && !decoded) text += "," + StringMember("value_base64", crypto::Base64Encode(*message.value));
  return text + "}\n";
}

std::string MessageJson(const google::protobuf::Message& message) {
  return Compact(message) + "\n";
}

}  // namespace cdiscount::cli
