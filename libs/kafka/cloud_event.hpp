#pragma once

#include <cstdint>
#include <string>

#include "core/clock.hpp"
#include "kafka/record.hpp"

namespace cdiscount::kafka {

/// The attributes of an event as they stand in the headers of its record: CloudEvents 1.0, binary content mode, plus
/// the extension "sequence" and the W3C "traceparent".
struct CloudEvent {
  std::string id;       ///< ce_id; a re-publish of the same fact has the same one.
  std::string source;   ///< ce_source, "/cdiscount-connect/<topic>/<partition>".
  std::string type;     ///< ce_type, "com.cdiscount-connect.order.received.v1".
  SysTime time;         ///< ce_time.
  std::string subject;  ///< ce_subject; may be empty.
  std::int64_t sequence =
      0;  ///< ce_sequence: from 1, per topic and partition, without gaps in a topic that is not compacted.
  std::string traceparent;  ///< May be empty.

  friend bool operator==(const CloudEvent&, const CloudEvent&) = default;
};

/// "/cdiscount-connect/<topic>/<partition>"; `topic` as the cluster knows it.
std::string SourceOf(const std::string& topic, std::int32_t partition);

/// The headers of a record whose value is protobuf. Empty attributes are left out.
Headers ToHeaders(const CloudEvent& event);

}  // namespace cdiscount::kafka
