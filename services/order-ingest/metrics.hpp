#pragma once

#include <chrono>
#include <map>
#include <optional>

#include "adapters/sql_order_queries.hpp"
#include "app/ingest_orders.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "telemetry/metrics.hpp"

namespace cdiscount::order_ingest {

/// What this service counts; each name is registered here and nowhere else. Network thread.
class Metrics {
 public:
  explicit Metrics(telemetry::Metrics& metrics);

  void Polled(const PollReport& report, std::chrono::duration<double> took);
  void PollLost();  ///< The lease went, or the store failed.
  void StoreAway();
  void Running(int polls);
  void Synced(const SyncFigures& figures, SysTime now);
  /// The figures could not be read: what is old grows older.
  void NotSynced(SysTime now);

 private:
  telemetry::Counter& created_;
  telemetry::Counter& changed_;
  telemetry::Counter& unchanged_;
  telemetry::Counter& older_;
  telemetry::Counter& flicker_;
  telemetry::Counter& unreadable_;
  telemetry::Counter& set_back_;
  telemetry::Counter& polls_ok_;
  telemetry::Counter& polls_lost_;
  std::map<ErrorCode, telemetry::Counter*> polls_failed_;
  telemetry::Counter& pages_;
  telemetry::Counter& sweeps_;
  telemetry::Counter& store_errors_;
  telemetry::Gauge& running_;
  telemetry::Histogram& seconds_;
  telemetry::Histogram& ages_;
  telemetry::Gauge& waiting_;
  telemetry::Gauge& given_up_;
  telemetry::Gauge& failing_;
  telemetry::Gauge& oldest_success_;
  std::optional<SysTime> read_since_;
};

}  // namespace cdiscount::order_ingest
