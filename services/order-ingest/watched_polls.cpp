#include "watched_polls.hpp"

#include "telemetry/trace_context.hpp"

namespace cdiscount::order_ingest {

Task<Status> WatchedPolls::Poll(AccountLease lease) {
  const auto started = clock_.SteadyNow();
  metrics_.Running(++running_);
  const auto report = co_await ingest_.Poll(lease);
  metrics_.Running(--running_);
  const bool was_told_to_end = ended_.erase(lease.who.account) > 0;
  if (report) {
    metrics_.Polled(*report, clock_.SteadyNow() - started);
    Tell(lease, *report);
    co_return Ok();
  }
  if (!was_told_to_end) Lost(lease, report.error());
  co_return report.error();
}

void WatchedPolls::Ended(const AccountLease& lease, const Error& error) {
  ended_.insert(lease.who.account);
  Lost(lease, error);
}

void WatchedPolls::Lost(const AccountLease& lease, const Error& error) {
  metrics_.PollLost();
  log::Warn("poll_lost", {{"account_id", lease.who.account},
                          {"seller_id", lease.who.seller},
                          {"code", ToString(error.code)},
                          {"error", error.message}});
}

void WatchedPolls::StoreAway(const Error& error) {
  metrics_.StoreAway();
  store_away_.Warn("database_away", {{"error", error.message}});
}

Task<Status> WatchedPolls::Measure(SqlOrderQueries& queries) {
  const auto figures = co_await queries.ReadSyncFigures();
  if (!figures) {
    metrics_.NotSynced(clock_.Now());
    co_return figures.error();
  }
  metrics_.Synced(*figures, clock_.Now());
  co_return Ok();
}

void WatchedPolls::Tell(const AccountLease& lease, const PollReport& report) {
  const auto trace = telemetry::TraceContext::ParseOrNewRoot(lease.who.traceparent).trace_id();
  if (report.interrupted) return;
  if (report.error) {
    log::Warn("poll_failed", {{"account_id", lease.who.account},
                              {"seller_id", lease.who.seller},
                              {"code", ToString(report.error->code)},
                              {"error", report.error->message},
                              {"failures_in_a_row", lease.failures_in_a_row + 1},
                              {"next_poll_in_ms", report.next_poll_in.count()},
                              {"trace_id", trace}});
  } else if (report.created + report.changed + report.unreadable > 0) {
    log::Info("orders_ingested", {{"account_id", lease.who.account},
                                  {"seller_id", lease.who.seller},
                                  {"created", report.created},
                                  {"changed", report.changed},
                                  {"unreadable", report.unreadable},
                                  {"pages", report.pages},
                                  {"trace_id", trace}});
  }
  for (const auto& oddity : report.oddities) {
    odd_.Warn("marketplace_odd", {{"account_id", lease.who.account}, {"what", oddity}, {"trace_id", trace}});
  }
  if (report.swept) {
    log::Warn("window_swept", {{"account_id", lease.who.account}, {"pages", report.pages}, {"trace_id", trace}});
  }
}

}  // namespace cdiscount::order_ingest
