#include "app/poll_log.hpp"

#include "telemetry/trace_context.hpp"

namespace cdiscount::order_ingest {

void PollLog::Polled(const AccountLease& lease, const PollReport& report) {
  metrics_.seconds.Observe(report.took.count());
  Count(report);
  if (report.interrupted) return;
  const auto trace = telemetry::TraceContext::ParseOrNewRoot(lease.who.traceparent).trace_id();
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

void PollLog::Count(const PollReport& report) {
  metrics_.orders[OrderOutcome::kCreated].Increment(report.created);
  metrics_.orders[OrderOutcome::kChanged].Increment(report.changed);
  metrics_.orders[OrderOutcome::kUnchanged].Increment(report.unchanged);
  metrics_.orders[OrderOutcome::kOlder].Increment(report.older);
  metrics_.orders[OrderOutcome::kFlicker].Increment(report.flicker);
  metrics_.orders[OrderOutcome::kUnreadable].Increment(report.unreadable);
  metrics_.set_back.Increment(report.set_back);
  metrics_.pages.Increment(report.pages);
  if (report.swept) metrics_.sweeps.Increment();
  for (const auto age : report.ages) metrics_.ages.Observe(std::chrono::duration<double>(age).count());
  if (report.error) {
    metrics_.polls_failed[report.error->code].Increment();
  } else {
    metrics_.polls_ok.Increment();
  }
}

void PollLog::Lost(const AccountLease& lease, const Error& error) {
  metrics_.polls_lost.Increment();
  log::Warn("poll_lost", {{"account_id", lease.who.account},
                          {"seller_id", lease.who.seller},
                          {"code", ToString(error.code)},
                          {"error", error.message}});
}

void PollLog::StoreAway(const Error& error) {
  metrics_.store_errors.Increment();
  store_away_.Warn("database_away", {{"error", error.message}});
}

Task<Status> PollLog::Measure(store::Database& database, const Clock& clock) {
  const auto figures = co_await database.Read(rows::ReadSyncFigures);
  const auto now = clock.Now();
  if (figures) {
    metrics_.waiting.Set(static_cast<double>(figures->waiting));
    metrics_.given_up.Set(static_cast<double>(figures->given_up));
    metrics_.failing.Set(static_cast<double>(figures->failing));
    oldest_success_ = figures->oldest_success_age ? std::optional(now - *figures->oldest_success_age) : std::nullopt;
  }
  metrics_.oldest_success.Set(oldest_success_ ? std::chrono::duration<double>(now - *oldest_success_).count() : 0);
  if (!figures) co_return figures.error();
  co_return Ok();
}

}  // namespace cdiscount::order_ingest
