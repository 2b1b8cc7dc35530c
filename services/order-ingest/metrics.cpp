#include "metrics.hpp"

namespace cdiscount::order_ingest {
namespace {

constexpr const char* kPolls = "order_ingest_polls_total";
constexpr const char* kPollsHelp = "Polls of one account, by how they ended.";

telemetry::Gauge& SetAside(telemetry::Metrics& metrics, const char* state) {
  return metrics.AddGauge("order_ingest_unreadable_orders",
                          "Orders that are set aside: those that are tried again, and those that a person must look "
                          "at (cdiscountctl orders unreadable list).",
                          {{"state", state}});
}

}  // namespace

Metrics::Metrics(telemetry::Metrics& all)
    : orders(all, "order_ingest_orders_total",
             "Orders read at the marketplace, by what became of them. The marketplace shows an order again with every "
             "overlap: most are unchanged.",
             "outcome", {"created", "changed", "unchanged", "older", "flicker", "unreadable"}),
      set_back(all.AddCounter("order_ingest_set_back_total",
                              "Versions that were stored although the marketplace set their updatedAt back.")),
      polls_failed(all, kPolls, kPollsHelp, "outcome", telemetry::ErrorLabels()),
      polls_ok(all.AddCounter(kPolls, kPollsHelp, {{"outcome", "ok"}})),
      polls_lost(all.AddCounter(kPolls, kPollsHelp, {{"outcome", "lost"}})),
      pages(all.AddCounter("order_ingest_pages_total", "Pages of orders that were read.")),
      sweeps(all.AddCounter("order_ingest_sweeps_total",
                            "Windows that were swept whole, because pages were not sorted or orders were missing.")),
      store_errors(all.AddCounter("order_ingest_store_errors_total", "Times that the database was away.")),
      running(all.AddGauge("order_ingest_polls_running", "Accounts that are being polled now.")),
      seconds(all.AddHistogram("order_ingest_poll_seconds", "How long a poll of one account takes.")),
      ages(
          all.AddHistogram("order_ingest_version_age_seconds",
                           "How old a new version was by the marketplace's stamp, which has whole seconds, when it was "
                           "stored. With outbox_publish_delay_seconds: from visible to readable.")),
      waiting(SetAside(all, "waiting")),
      given_up(SetAside(all, "given_up")),
      failing(all.AddGauge("order_ingest_accounts_failing",
                           "Enabled accounts whose last poll failed; sync show names the reason.")),
      oldest_success(all.AddGauge(
          "order_ingest_oldest_success_age_seconds",
          "Time since the last good poll of the enabled account that waits for one the longest. Alert on it.")) {}

}  // namespace cdiscount::order_ingest
