#pragma once

#include <set>

#include "app/ingest_orders.hpp"
#include "core/clock.hpp"
#include "core/task.hpp"
#include "metrics.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::order_ingest {

/// A poll, with what the people who run the service see of it: a log line per poll that brought news or failed, and the
/// metrics. Network thread.
class WatchedPolls {
 public:
  WatchedPolls(IngestOrders& ingest, Metrics& metrics, const Clock& clock)
      : ingest_(ingest), metrics_(metrics), clock_(clock) {}

  /// An error when the poll could not record how it ended.
  Task<Status> Poll(AccountLease lease);
  /// The scheduler told a running poll to end.
  void Ended(const AccountLease& lease, const Error& error);
  void StoreAway(const Error& error);
  /// One step of a loop: how the polling goes, as metrics.
  Task<Status> Measure(SqlOrderQueries& queries);

 private:
  void Lost(const AccountLease& lease, const Error& error);
  void Tell(const AccountLease& lease, const PollReport& report);

  IngestOrders& ingest_;
  Metrics& metrics_;
  const Clock& clock_;
  int running_ = 0;
  std::set<AccountId> ended_;  // running, and told to end: what they say themselves is no news
  log::Limited store_away_;
  log::Limited odd_;
};

}  // namespace cdiscount::order_ingest
