#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "outbox/relay/check.hpp"
#include "outbox/relay/relay_metrics.hpp"

namespace cdiscount::outbox {

enum class LaneState {
  kWaiting,     ///< For the database or for Kafka; goes on alone.
  kStandby,     ///< Another process owns the lane.
  kTakingOver,  ///< Owns the lease, and is finding out how far the lane got.
  kPublishing,
  kStopped,  ///< By its check, until a person has looked.
};

/// "waiting", "standby", "taking_over", "publishing", "stopped".
std::string_view ToString(LaneState state);

/// How a lane of this process stands.
struct LaneStatus {
  int lane = 0;
  LaneState state = LaneState::kWaiting;
  std::string problem = {};       ///< The thing it waits for, or why it stopped; empty when all is well.
  std::optional<Stop> stop = {};  ///< When it is stopped.
};

/// Where the lanes write how they stand. Thread-safe.
class StatusBoard {
 public:
  explicit StatusBoard(RelayMetrics& metrics) : metrics_(metrics) {}

  /// Logs what changed.
  void Set(LaneStatus status);
  std::vector<LaneStatus> All() const;

 private:
  RelayMetrics& metrics_;
  mutable std::mutex mutex_;
  std::map<int, LaneStatus> lanes_;
};

}  // namespace cdiscount::outbox
