#include "metrics.hpp"

#include <array>
#include <string>

namespace cdiscount::order_ingest {
namespace {

telemetry::Counter& Orders(telemetry::Metrics& metrics, const char* outcome) {
  return metrics.AddCounter("order_ingest_orders_total",
                            "Orders read at the marketplace, by what became of them. The marketplace shows an order "
                            "again with every overlap: most are unchanged.",
                            {{"outcome", outcome}});
}

telemetry::Counter& Polls(telemetry::Metrics& metrics, std::string outcome) {
  return metrics.AddCounter("order_ingest_polls_total", "Polls of one account, by how they ended.",
                            {{"outcome", std::move(outcome)}});
}

telemetry::Gauge& SetAside(telemetry::Metrics& metrics, const char* state) {
  return metrics.AddGauge("order_ingest_unreadable_orders",
                          "Orders that are set aside: those that are tried again, and those that a person must look "
                          "at (cdiscountctl orders unreadable list).",
                          {{"state", state}});
}

constexpr std::array kFailures = {
    ErrorCode::kInvalidArgument,  ErrorCode::kNotFound,         ErrorCode::kAlreadyExists, ErrorCode::kConflict,
    ErrorCode::kUnauthenticated,  ErrorCode::kPermissionDenied, ErrorCode::kThrottled,     ErrorCode::kUnavailable,
    ErrorCode::kDeadlineExceeded, ErrorCode::kCancelled,        ErrorCode::kUnreadable,    ErrorCode::kInternal};

}  // namespace

Metrics::Metrics(telemetry::Metrics& metrics)
    : created_(Orders(metrics, "created")),
      changed_(Orders(metrics, "changed")),
      unchanged_(Orders(metrics, "unchanged")),
      older_(Orders(metrics, "older")),
      flicker_(Orders(metrics, "flicker")),
      unreadable_(Orders(metrics, "unreadable")),
      set_back_(metrics.AddCounter("order_ingest_set_back_total",
                                   "Versions that were stored although the marketplace set their updatedAt back.")),
      polls_ok_(Polls(metrics, "ok")),
      polls_lost_(Polls(metrics, "lost")),
      pages_(metrics.AddCounter("order_ingest_pages_total", "Pages of orders that were read.")),
      sweeps_(
          metrics.AddCounter("order_ingest_sweeps_total",
                             "Windows that were swept whole, because pages were not sorted or orders were missing.")),
      store_errors_(metrics.AddCounter("order_ingest_store_errors_total", "Times that the database was away.")),
      running_(metrics.AddGauge("order_ingest_polls_running", "Accounts that are being polled now.")),
      seconds_(metrics.AddHistogram("order_ingest_poll_seconds", "How long a poll of one account takes.")),
      ages_(metrics.AddHistogram(
          "order_ingest_version_age_seconds",
          "How old a new version was by the marketplace's stamp, which has whole seconds, when it was "
          "stored. With outbox_publish_delay_seconds: from visible to readable.")),
      waiting_(SetAside(metrics, "waiting")),
      given_up_(SetAside(metrics, "given_up")),
      failing_(metrics.AddGauge("order_ingest_accounts_failing",
                                "Enabled accounts whose last poll failed; sync show names the reason.")),
      oldest_success_(metrics.AddGauge(
          "order_ingest_oldest_success_age_seconds",
          "Time since the last good poll of the enabled account that waits for one the longest. Alert on it.")) {
  for (const auto code : kFailures) polls_failed_[code] = &Polls(metrics, std::string(ToString(code)));
}

void Metrics::Polled(const PollReport& report, std::chrono::duration<double> took) {
  created_.Increment(report.created);
  changed_.Increment(report.changed);
  unchanged_.Increment(report.unchanged);
  older_.Increment(report.older);
  flicker_.Increment(report.flicker);
  set_back_.Increment(report.set_back);
  unreadable_.Increment(report.unreadable);
  pages_.Increment(report.pages);
  if (report.swept) sweeps_.Increment();
  seconds_.Observe(took.count());
  for (const auto age : report.ages) ages_.Observe(std::chrono::duration<double>(age).count());
  if (report.error) {
    polls_failed_.at(report.error->code)->Increment();
  } else {
    polls_ok_.Increment();
  }
}

void Metrics::PollLost() {
  polls_lost_.Increment();
}
void Metrics::StoreAway() {
  store_errors_.Increment();
}
void Metrics::Running(int polls) {
  running_.Set(polls);
}

void Metrics::Synced(const SyncFigures& figures, SysTime now) {
  waiting_.Set(static_cast<double>(figures.waiting));
  given_up_.Set(static_cast<double>(figures.given_up));
  failing_.Set(static_cast<double>(figures.failing));
  read_since_ = figures.oldest_success_age ? std::optional(now - *figures.oldest_success_age) : std::nullopt;
  NotSynced(now);
}

void Metrics::NotSynced(SysTime now) {
  oldest_success_.Set(read_since_ ? std::chrono::duration<double>(now - *read_since_).count() : 0);
}

}  // namespace cdiscount::order_ingest
