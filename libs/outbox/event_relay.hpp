#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "core/result.hpp"
#include "outbox/relay/lane_status.hpp"
#include "outbox/relay_options.hpp"
#include "store/database.hpp"
#include "telemetry/metrics.hpp"

namespace cdiscount::outbox {

/// Carries the rows of the outbox to Kafka: each once, the versions of a key in order, numbered without gaps
/// (ARCHITECTURE.md, 3.1). Makes the topics that are missing. Kafka and the database may be away at any time and for
/// any time: it waits and goes on.
///
///     outbox::EventRelay relay{*database, {.service = "order-ingest", .kafka = settings.kafka, .topics = {...}},
///     metrics}; host.SpawnThread("event_relay", [&](std::stop_token stop) { relay.Run(std::move(stop)); });
///
/// It is the one that hears of the database's commits (Database::OnCommit), and looks at once after each that appended.
///
/// Metrics: outbox_unpublished_rows, outbox_oldest_age_seconds, outbox_published_total{topic},
/// outbox_publish_delay_seconds, outbox_transactions_total{outcome}, outbox_trimmed_rows_total,
/// outbox_lane_stopped{reason}, outbox_parked_rows.
class EventRelay {
 public:
  /// The outbox's schema (migrations::Outbox()) must have been applied. Opens no connection. `database` and `metrics`
  /// outlive the relay. Throws BadResult for Kafka options that Validate refuses.
  EventRelay(store::Database& database, RelayOptions options, telemetry::Metrics& metrics);
  ~EventRelay();
  EventRelay(const EventRelay&) = delete;
  EventRelay& operator=(const EventRelay&) = delete;

  /// Works until a stop is asked for: the calling thread and one more per lane. Once.
  void Run(const std::stop_token& stop);

  /// How each lane stands. Safe from any thread.
  std::vector<LaneStatus> Lanes() const;

  /// For /readyz: an error while a lane is stopped by its check or a row is parked, with what is wrong and the remedy.
  /// Kafka or the database being away is none. Does not wait; safe from any thread.
  Status Ready() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cdiscount::outbox
