#pragma once

#include <optional>

#include "app/ingest_orders.hpp"
#include "metrics.hpp"
#include "rows/sync_views.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::order_ingest {

/// Reports the polls to operators: a log line per poll that brought news or failed, and the metrics. Network thread.
class PollLog {
 public:
  explicit PollLog(Metrics& metrics) : metrics_(metrics) {}

  void Running(int polls) { metrics_.running.Set(polls); }
  void Polled(const AccountLease& lease, const PollReport& report);
  /// A poll that could not go on or record its end: the lease went, or the database failed.
  void Lost(const AccountLease& lease, const Error& error);
  void StoreAway(const Error& error);

  /// One step of a loop: how the polling goes, as metrics. While the figures cannot be read, what is old grows older.
  Task<Status> Measure(store::Database& database, const Clock& clock);

 private:
  void Count(const PollReport& report);

  Metrics& metrics_;
  std::optional<SysTime> oldest_success_;
  log::Limited store_away_;
  log::Limited odd_;
};

}  // namespace cdiscount::order_ingest
