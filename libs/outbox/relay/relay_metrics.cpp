#include "outbox/relay/relay_metrics.hpp"

namespace cdiscount::outbox {
namespace {

telemetry::Counter& Transactions(telemetry::Metrics& metrics, const char* outcome) {
  return metrics.AddCounter(
      "outbox_transactions_total",
      "Kafka transactions: committed, aborted (tried again) or failed (the producer was dropped).",
      {{"outcome", outcome}});
}

}  // namespace

RelayMetrics::RelayMetrics(telemetry::Metrics& metrics, const std::vector<std::string>& topics)
    : unpublished_rows(metrics.AddGauge("outbox_unpublished_rows", "Rows of the outbox that are not on Kafka yet.")),
      oldest_age(metrics.AddGauge("outbox_oldest_age_seconds", "Age of the oldest row that is not on Kafka yet.")),
      parked_rows(metrics.AddGauge("outbox_parked_rows",
                                   "Rows whose value cannot be read (a missing key): they wait, and hold up nothing.")),
      publish_delay(metrics.AddHistogram("outbox_publish_delay_seconds",
                                         "From the row's insertion to the commit of its Kafka transaction.")),
      committed(Transactions(metrics, "committed")),
      aborted(Transactions(metrics, "aborted")),
      failed(Transactions(metrics, "failed")),
      trimmed_rows(
          metrics.AddCounter("outbox_trimmed_rows_total", "Published rows that were dropped from the outbox.")) {
  for (const auto& topic : topics) {
    published[topic] = &metrics.AddCounter("outbox_published_total", "Rows that were published.", {{"topic", topic}});
  }
  for (const auto reason : kAllStopReasons) {
    stopped_lanes[reason] = &metrics.AddGauge(
        "outbox_lane_stopped", "Lanes that do not publish until a person has looked, by what their check found.",
        {{"reason", std::string(ToString(reason))}});
  }
}

}  // namespace cdiscount::outbox
