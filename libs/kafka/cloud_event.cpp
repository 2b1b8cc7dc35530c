#include "kafka/cloud_event.hpp"

#include <fmt/format.h>

#include "core/time_text.hpp"

namespace cdiscount::kafka {
namespace {

constexpr std::string_view kContentType = "application/protobuf";

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

}  // namespace cdiscount::kafka
