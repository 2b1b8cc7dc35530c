#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time_text.hpp"
#include "kafka/cloud_event.hpp"

namespace cdiscount::fakes {

inline Error Unreadable(const kafka::Message& message, std::string_view header, std::string_view problem) {
  return {ErrorCode::kUnreadable, fmt::format("the record {}/{} at {} is no event of ours: its header {} {}",
                                              message.topic, message.partition, message.offset, header, problem)};
}

inline std::optional<std::int64_t> ParseSequence(const std::string& text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && at == end && value > 0 ? std::optional(value) : std::nullopt;
}

/// The attributes of a record of ours, as a reader takes them from its headers. Fails with kUnreadable, naming the
/// first header that is missing or malformed.
inline Result<kafka::CloudEvent> ParseCloudEvent(const kafka::Message& message) {
  const auto text = [&](std::string_view name) { return message.Header(name).value_or(""); };
  if (text("ce_specversion") != "1.0") return Unreadable(message, "ce_specversion", "is not 1.0");
  for (const auto* name : {"ce_id", "ce_source", "ce_type"}) {
    if (text(name).empty()) return Unreadable(message, name, "is missing");
  }
  const auto time = ParseIso8601(text("ce_time"));
  if (!time) return Unreadable(message, "ce_time", "is no instant of RFC 3339");
  const auto sequence = ParseSequence(text("ce_sequence"));
  if (!sequence) return Unreadable(message, "ce_sequence", "is no number from 1");
  return kafka::CloudEvent{.id = text("ce_id"),
                           .source = text("ce_source"),
                           .type = text("ce_type"),
                           .time = *time,
                           .subject = text("ce_subject"),
                           .sequence = *sequence,
                           .traceparent = text("traceparent")};
}

}  // namespace cdiscount::fakes
