#include "show_events.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <sstream>
#include <utility>

#include "cdiscount/events/v1/account_event.pb.h"
#include "cdiscount/events/v1/order_event.pb.h"
#include "cdiscount/events/v1/order_recipients.pb.h"
#include "core/time_text.hpp"
#include "core/unicode.hpp"
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

/// The message in protobuf's JSON; what cannot be seen is escaped further than protobuf does, so that the line is safe
/// on a terminal. Fails with kUnreadable for a value outside the range of its type, such as a time of the year 10000.
Result<std::string> Json(const google::protobuf::Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = !indented;
  options.add_whitespace = indented;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!status.ok()) {
    return Error{ErrorCode::kUnreadable,
                 fmt::format("a {} cannot be written as JSON: {}", message.GetDescriptor()->name(), status.ToString())};
  }
  return text;
}

std::string Indented(const google::protobuf::Message& message) {
  const auto json = Json(message, true);
  if (!json) return fmt::format("    {}\n", EscapeInvisible(json.error().message));
  std::istringstream lines(*json);
  std::string indented;
  for (std::string line; std::getline(lines, line);) indented += "    " + EscapeInvisible(line) + "\n";
  return indented;
}

std::string OrderSummary(const orders::v1::Order& order, std::int64_t version, std::size_t width) {
  return EscapeInvisible(fmt::format("version {} of order {}: {}, {}", version, order.order_id(),
                                     OrderStatusWord(order.status()), MoneyWord(order.total_selling_price()))) +
         "\n" + ShowLines(order, width, 4);
}

std::string ValueText(const kafka::Message& message, std::string_view topic, std::size_t width) {
  if (!message.value) return "none: a tombstone, what stood under this key is erased\n";
  const auto decoded = Decode(message, topic);
  if (!decoded)
    return fmt::format("{} bytes that cannot be decoded as a value of {}\n", message.value->size(),
                       EscapeInvisible(topic));
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

/// The value in JSON, "null" for a tombstone. Fails with kUnreadable, with the place of the record.
Result<std::string> ValueJson(const kafka::Message& message, std::string_view topic) {
  if (!message.value) return std::string("null");
  const auto decoded = Decode(message, topic);
  if (!decoded) {
    return Error{ErrorCode::kUnreadable,
                 fmt::format("partition {}, offset {}: {} bytes that cannot be decoded as a value of {}",
                             message.partition, message.offset, message.value->size(), topic)};
  }
  auto json = Json(*decoded, false);
  if (json) return EscapeInvisible(*json);
  auto error = json.error();
  error.message = fmt::format("partition {}, offset {}: {}", message.partition, message.offset, error.message);
  return error;
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

Shown ShowEvent(const kafka::Message& message, std::string_view topic, std::size_t width) {
  auto text = fmt::format("{}  partition {}  offset {}  {}\n", EscapeInvisible(message.topic), message.partition,
                          message.offset, FormatIso8601(message.timestamp));
  const auto add = [&](std::string_view name, std::string_view value) {
    text += fmt::format("  {:<15} {}\n", EscapeInvisible(name), EscapeInvisible(value));
  };
  add("key", message.key);
  for (const auto& [name, value] : message.headers) add(name, value);
  text += fmt::format("  {:<15} {}\n", "value", ValueText(message, topic, width));
  while (text.ends_with("\n\n")) text.pop_back();
  const auto value = ValueJson(message, topic);
  return {text + "\n", value ? Ok() : Status(value.error())};
}

Shown EventJson(const kafka::Message& message, std::string_view topic) {
  std::string headers;
  for (const auto& [name, value] : message.headers) {
    headers += (headers.empty() ? "" : ",") + StringMember(name, value);
  }
  auto text =
      fmt::format("{{{},\"partition\":{},\"offset\":{},{},{},\"headers\":{{{}}},", StringMember("topic", message.topic),
                  message.partition, message.offset, StringMember("timestamp", FormatIso8601(message.timestamp)),
                  StringMember("key", message.key), headers);
  auto value = ValueJson(message, topic);
  text += "\"value\":" + (value ? *value : "null");
  if (message.value && !value) text += "," + StringMember("value_base64", crypto::Base64Encode(*message.value));
  return {text + "}\n", value ? Ok() : Status(value.error())};
}

std::string MessageJson(const google::protobuf::Message& message) {
  auto json = Json(message, false);
  if (!json) throw BadResult(json.error());
  return EscapeInvisible(*json) + "\n";
}

}  // namespace cdiscount::cli
