#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/retry.hpp"
#include "kafka/admin.hpp"
#include "outbox/batch.hpp"
#include "outbox/lane_status.hpp"
#include "outbox/lane_store.hpp"
#include "outbox/publisher.hpp"
#include "outbox/relay_metrics.hpp"
#include "outbox/relay_options.hpp"
#include "outbox/trim_window.hpp"
#include "outbox/wake.hpp"
#include "store/database.hpp"

namespace cdiscount::outbox {

/// What the lanes of a relay share.
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
  Status PublishNext(LaneStore& rows, Publisher& publisher, const std::stop_token& stop);
  Status Recover(LaneStore& rows, Publisher& publisher, const kafka::Failure& failure, const std::stop_token& stop);
  Status Refresh(LaneStore& rows, Publisher& publisher, const std::stop_token& stop);
  Status ParkUnreadable(LaneStore& rows, const std::vector<Batch::Unreadable>& unreadable);
  Status TryParked(LaneStore& rows);
  Status KeepHouse(LaneStore& rows, Publisher& publisher, bool idle, const std::stop_token& stop);

  Turn TurnOf(LaneStore& rows, const std::stop_token& stop);
  std::vector<WaitingStream> Waiting();
  void Committed(const std::vector<OutboxRow>& batch, const Published& published, const Publisher& publisher);
  bool RowsWait() const;
  std::map<StreamId, std::int64_t> Unnoted() const;
  std::map<StreamId, std::int64_t> Sequences() const;
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
  std::map<StreamId, StreamState> streams_;
  std::map<StreamId, Progress> progress_;
  std::map<StreamId, std::int64_t> noted_;
  std::map<StreamId, std::int64_t> log_ends_;  // since the database was last told
  std::size_t next_stream_ = 0;
  SteadyTime last_commit_{};
  SteadyTime last_renewal_{};
  SteadyTime last_refresh_{};
  SteadyTime last_trim_{};
  SteadyTime last_parked_{};
  TrimWindow trim_;
};

}  // namespace cdiscount::outbox
