#pragma once

#include "core/result.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/series_by.hpp"

namespace cdiscount::order_ingest {

enum class OrderOutcome { kCreated, kChanged, kUnchanged, kOlder, kFlicker, kUnreadable };

/// The metrics of this service; each name is registered here and nowhere else. Thread-safe.
struct Metrics {
  explicit Metrics(telemetry::Metrics& all);

  telemetry::CountersBy<OrderOutcome> orders;
  telemetry::Counter& set_back;
  telemetry::CountersBy<ErrorCode> polls_failed;
  telemetry::Counter& polls_ok;
  telemetry::Counter& polls_lost;  ///< The lease went, or the database failed.
  telemetry::Counter& pages;
  telemetry::Counter& sweeps;
  telemetry::Counter& store_errors;
  telemetry::Gauge& running;
  telemetry::Histogram& seconds;
  telemetry::Histogram& ages;
  telemetry::Gauge& waiting;
  telemetry::Gauge& given_up;
  telemetry::Gauge& failing;
  telemetry::Gauge& oldest_success;
};

}  // namespace cdiscount::order_ingest
