#pragma once

#include <map>
#include <string>
#include <vector>

#include "outbox/relay/check.hpp"
#include "telemetry/metrics.hpp"

namespace cdiscount::outbox {

/// The handles of what a relay reports. Thread-safe.
struct RelayMetrics {
  RelayMetrics(telemetry::Metrics& metrics, const std::vector<std::string>& topics);

  telemetry::Gauge& unpublished_rows;
  telemetry::Gauge& oldest_age;
  telemetry::Gauge& parked_rows;
  telemetry::Histogram& publish_delay;
  telemetry::Counter& committed;
  telemetry::Counter& aborted;
  telemetry::Counter& failed;
  telemetry::Counter& trimmed_rows;
  std::map<std::string, telemetry::Counter*> published;  ///< By topic.
  std::map<StopReason, telemetry::Gauge*> stopped_lanes;
};

}  // namespace cdiscount::outbox
