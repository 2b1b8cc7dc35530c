#include "show_events.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <sstream>
#include <utility>

#include "cdiscount/events/v1/account_event.pb.h"
#include "cdiscount/events/v1/order_event.pb.h"
#include "cdiscount/events/v1/order_recipients.pb.h"
#include "command.hpp"
#include "core/time_text.hpp"
#include "core/unicode.hpp"
#include "crypto/encoding.hpp"
#include "json.hpp"
#include "values.hpp"

namespace cdiscount::cli {
namespace {

namespace pb = cdiscount::events::v1;

constexpr std::size_t kIndent = 4;

std::string Indent(const std::string& text) {
  std::istringstream lines(text);
  std::string indented;
  for (std::string line; std::getline(lines, line);) {
    indented += std::string(kIndent, ' ') + EscapeInvisible(line) + "\n";
  }
  return indented;
}

struct Topic {
  std::string_view name;  ///< Without the namespace.
  const google::protobuf::Message* value;
  std::string text = {};  ///< Of a value with an order, whose lines stand below it; other values are shown as JSON.
};

const Topic* FindTopic(std::string_view name) {
  static const std::string order =
      "{type}, version {version} of order {order.order_id}: {order.status}, {order.total_selling_price}";
  static const Topic topics[] = {{"cdiscount.order.events.v1", &pb::OrderEvent::default_instance(), order},
                                 {"cdiscount.order.state.v1", &pb::OrderEvent::default_instance(), order},
                                 {"cdiscount.order.recipients.v1", &pb::OrderRecipients::default_instance()},
                                 {"cdiscount.accounts.v1", &pb::AccountEvent::default_instance()}};
  const auto* found = std::ranges::find(topics, name, &Topic::name);
  return found == std::end(topics) ? nullptr : found;
}

/// The decoded value; nothing when it is absent, unreadable or of an unknown type.
std::unique_ptr<google::protobuf::Message> Decode(const kafka::Message& message, std::string_view topic) {
  const auto* known = FindTopic(topic);
  if (known == nullptr || !message.value) return nullptr;
  std::unique_ptr<google::protobuf::Message> decoded(known->value->New());
  return decoded->ParseFromString(*message.value) ? std::move(decoded) : nullptr;
}

std::string Indented(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  return Indent(status.ok() ? json : status.ToString());
}

std::string ValueText(const kafka::Message& message, std::string_view topic, std::size_t width) {
  if (!message.value) return "none: a tombstone, what stood under this key is erased\n";
  const auto decoded = Decode(message, topic);
  if (!decoded)
    return fmt::format("{} bytes that cannot be decoded as a value of {}\n", message.value->size(),
                       EscapeInvisible(topic));
  const auto head = fmt::format("{}, {} bytes:", decoded->GetDescriptor()->name(), message.value->size());
  const auto& text = FindTopic(topic)->text;
  if (text.empty()) return head + "\n" + Indented(*decoded);
  const Scope scope{*decoded};
  return head + " " + FillIn(text, scope).value_or("") + "\n" +
         Indent(Render(LinesOfOrder("order.lines"), scope, width > kIndent ? width - kIndent : width));
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
  auto json = MessageJson(*decoded);
  if (json) return json;
  auto error = json.error();
  error.message = fmt::format("partition {}, offset {}: {}", message.partition, message.offset, error.message);
  return error;
}

}  // namespace

bool IsOurs(std::string_view topic) {
  return FindTopic(topic) != nullptr;
}

Shown ShowEvent(const kafka::Message& message, std::string_view topic, std::size_t width) {
  auto text = fmt::format("{}  partition {}  offset {}  {}\n", EscapeInvisible(message.topic), message.partition,
                          message.offset, LocalTime(message.timestamp));
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
  boost::json::object headers;
  for (const auto& [name, value] : message.headers) headers[name] = value;
  boost::json::object event{{"topic", message.topic},   {"partition", message.partition},
                            {"offset", message.offset}, {"timestamp", FormatIso8601(message.timestamp)},
                            {"key", message.key},       {"headers", std::move(headers)}};
  const auto value = ValueJson(message, topic);
  if (message.value && !value) event["value_base64"] = crypto::Base64Encode(*message.value);
  auto text = ObjectJson(event);
  text.pop_back();
  return {text + ",\"value\":" + (value ? *value : "null") + "}\n", value ? Ok() : Status(value.error())};
}

}  // namespace cdiscount::cli
