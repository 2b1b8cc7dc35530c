#include "kafka/cloud_event.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "core/time_text.hpp"

namespace cdiscount::kafka {
namespace {

constexpr std::string_view kContentType = "application/protobuf";

Error Unreadable(const Message& message, std::string_view header, std::string_view problem) {
  return {ErrorCode::kUnreadable, fmt::format("the record {}/{} at {} is no event of ours: its header {} {}",
                                              message.topic, message.partition, message.offset, header, problem)};
}

std::optional<std::int64_t> ParseSequence(const std::string& text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && at == end && value > 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string SourceOf(const std::string& topic, std::int32_t partition) {
  return fmt::format("/cdiscount-connect/{}/{}", topic, partition);
}

Headers ToHeaders(const CloudEvent& event) {
  Headers headers = {{"ce_specversion", "1.0"},
                     {"ce_id", event.id},
                     {"ce_source", event.source},
                     {"ce_type", event.type},
                     {"ce_time", FormatIso8601(event.time)},
                     {"ce_sequence", fmt::format("{:020}", event.sequence)},
                     {"content-type", std::string(kContentType)}};
  if (!event.subject.empty()) headers.emplace_back("ce_subject", event.subject);
  if (!event.traceparent.empty()) headers.emplace_back("traceparent", event.traceparent);
  return headers;
}

Result<CloudEvent> ParseCloudEvent(const Message& message) {
  const auto text = [&](std::string_view name) { return message.Header(name).value_or(""); };
  if (text("ce_specversion") != "1.0") return Unreadable(message, "ce_specversion", "is not 1.0");
  for (const auto* name : {"ce_id", "ce_source", "ce_type"}) {
    if (text(name).empty()) return Unreadable(message, name, "is missing");
  }
  const auto time = ParseIso8601(text("ce_time"));
  if (!time) return Unreadable(message, "ce_time", "is no instant of RFC 3339");
  const auto sequence = ParseSequence(text("ce_sequence"));
  if (!sequence) return Unreadable(message, "ce_sequence", "is no number from 1");
  return CloudEvent{.id = text("ce_id"),
                    .source = text("ce_source"),
                    .type = text("ce_type"),
                    .time = *time,
                    .subject = text("ce_subject"),
                    .sequence = *sequence,
                    .traceparent = text("traceparent")};
}

}  // namespace cdiscount::kafka
