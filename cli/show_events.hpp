#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "kafka/record.hpp"

// Records of Kafka, written as text for people and as JSON for programs.
namespace cdiscount::cli {

/// Whether a value of this topic (without the namespace) can be decoded.
bool IsOurs(std::string_view topic);

struct Shown {
  std::string text;
  Status
      readable;  ///< kUnreadable when the value cannot be decoded or written; the text then shows its bytes or says so.
};

/// Place, headers and decoded value; ends with an empty line.
Shown ShowEvent(const kafka::Message& message, std::string_view topic, std::size_t width);

/// One JSON object on one line: topic, partition, offset, timestamp, key, headers (an object of texts), and value (the
/// message in protobuf's JSON; null for a tombstone). A value that cannot be decoded or written stands as base64 in
/// "value_base64".
Shown EventJson(const kafka::Message& message, std::string_view topic);

}  // namespace cdiscount::cli
