#include "show_events.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

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

/// The decoded value; nothing when it is absent, unreadable or of an unknown type.
std::unique_ptr<google::protobuf::Message> Decode(const kafka::Message& message, std::string_view topic) {
  auto decoded = MessageOf(topic);
  if (!decoded || !message.value || !decoded->ParseFromString(*message.value)) return nullptr;
  return decoded;
}

std::string Indented(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  return Indent(status.ok() ? json : status.ToString());
}

std::string Summary(const google::protobuf::Message& value, std::string_view text, std::size_t width) {
  const Scope scope{value};
  return FillIn(text, scope).value_or("") + "\n" +
         Indent(Render(LinesOfOrder("order.lines"), scope, width > kIndent ? width - kIndent : width));
}

std::string ValueText(const kafka::Message& message, std::string_view topic, std::size_t width) {
  if (!message.value) return "none: a tombstone, what stood under this key is erased\n";
  const auto decoded = Decode(message, topic);
  if (!decoded)
    return fmt::format("{} bytes that cannot be decoded as a value of {}\n", message.value->size(),
                       EscapeInvisible(topic));
  const auto head = fmt::format("{}, {} bytes:", decoded->GetDescriptor()->name(), message.value->size());
  const std::string order = "version {version} of order {order.order_id}: {order.status}, {order.total_selling_price}";
  if (decoded->GetDescriptor() == pb::OrderEvent::descriptor()) {
    return head + " " + Summary(*decoded, "{type}, " + order, width);
  }
  if (decoded->GetDescriptor() == pb::OrderState::descriptor()) return head + " " + Summary(*decoded, order, width);
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
  auto json = MessageJson(*decoded);
  if (json) return json;
  auto error = json.error();
  error.message = fmt::format("partition {}, offset {}: {}", message.partition, message.offset, error.message);
  return error;
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
  for (const auto& [name, value] : message.headers) headers[ValidUtf8(name)] = ValidUtf8(value);
  boost::json::object event{{"topic", ValidUtf8(message.topic)}, {"partition", message.partition},
                            {"offset", message.offset},          {"timestamp", FormatIso8601(message.timestamp)},
                            {"key", ValidUtf8(message.key)},     {"headers", std::move(headers)}};
  const auto value = ValueJson(message, topic);
  if (message.value && !value) event["value_base64"] = crypto::Base64Encode(*message.value);
  auto text = ObjectJson(event);
  text.pop_back();
  return {text + ",\"value\":" + (value ? *value : "null") + "}\n", value ? Ok() : Status(value.error())};
}

}  // namespace cdiscount::cli
