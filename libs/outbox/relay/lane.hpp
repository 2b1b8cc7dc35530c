#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/retry.hpp"
#include "kafka/admin.hpp"
#include "outbox/relay/batch.hpp"
#include "outbox/relay/lane_progress.hpp"
#include "outbox/relay/lane_status.hpp"
#include "outbox/relay/lane_store.hpp"
#include "outbox/relay/publisher.hpp"
#include "outbox/relay/relay_metrics.hpp"
#include "outbox/relay/trim_window.hpp"
#include "outbox/relay/wake.hpp"
#include "outbox/relay_options.hpp"
#include "store/database.hpp"

namespace cdiscount::outbox {

/// The objects that the lanes of a relay share.
struct LaneContext {
  store::Database& database;
  const RelayOptions& options;
  std::string owner;
  ProgressSlots slots;
  RelayMetrics& metrics;
  StatusBoard& board;
  Wake& wake;
};

/// Carries the rows of a fixed set of partitions to Kafka, each once. Straight-line code for a thread of its own.
class Lane {
 public:
  Lane(LaneContext context, int lane);

  /// Until a stop is asked for. Throws nothing: whatever fails is logged, and tried again after a back-off.
  void Run(const std::stop_token& stop);

 private:
  Status Attempt(const std::stop_token& stop);
  Status Own(LaneStore& rows, const std::stop_token& stop);
  Status TakeOver(LaneStore& rows, Publisher& publisher, const std::stop_token& stop);
  Status Resync(LaneStore& rows, Publisher& publisher, const std::stop_token& stop);
  Status Number(LaneStore& rows);
  Status RefuseUnknownTopic(LaneStore& rows);
  Status PublishNext(LaneStore& rows, Publisher& publisher, const std::stop_token& stop);
  Status Recover(LaneStore& rows, Publisher& publisher, const kafka::Failure& failure, const std::stop_token& stop);
  Status Refresh(LaneStore& rows, Publisher& publisher, const std::stop_token& stop);
  Status ParkUnreadable(LaneStore& rows, const std::vector<Batch::Unreadable>& unreadable);
  Status TryParked(LaneStore& rows);
  Status KeepHouse(LaneStore& rows, Publisher& publisher, bool idle, const std::stop_token& stop);

  Turn TurnOf(LaneStore& rows, const std::stop_token& stop);
  void Committed(const std::vector<OutboxRow>& batch, const Published& published);
  Status StopWith(Stop stop);

  LaneContext context_;
  const RelayOptions& options_;
  int lane_;
  std::unique_ptr<store::Session> session_;
  std::optional<kafka::Admin> admin_;  // made in Attempt: it may fail
  Backoff backoff_;
  bool claimed_before_ = false;

  // Of one ownership.
  std::optional<Stop> stop_;
  LaneProgress progress_;
  SteadyTime last_commit_{};
  SteadyTime last_renewal_{};
  SteadyTime last_refresh_{};
  SteadyTime last_trim_{};
  SteadyTime last_parked_{};
  TrimWindow trim_;
};

}  // namespace cdiscount::outbox
