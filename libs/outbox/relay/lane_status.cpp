#include "outbox/relay/lane_status.hpp"

#include "telemetry/log.hpp"

namespace cdiscount::outbox {
namespace {

bool SameStop(const std::optional<Stop>& left, const std::optional<Stop>& right) {
  return left.has_value() == right.has_value() && (!left || left->reason == right->reason);
}

void LogChange(const LaneStatus& status) {
  if (status.stop) {
    log::Error("outbox_lane_stopped", {{"lane", status.lane},
                                       {"reason", ToString(status.stop->reason)},
                                       {"problem", status.stop->problem},
                                       {"remedy", status.stop->remedy}});
    return;
  }
  log::Info("outbox_lane", {{"lane", status.lane}, {"state", ToString(status.state)}, {"problem", status.problem}});
}

}  // namespace

std::string_view ToString(LaneState state) {
  switch (state) {
    case LaneState::kWaiting:
      return "waiting";
    case LaneState::kStandby:
      return "standby";
    case LaneState::kTakingOver:
      return "taking_over";
    case LaneState::kPublishing:
      return "publishing";
    case LaneState::kStopped:
      return "stopped";
  }
  return "unknown";
}

void StatusBoard::Set(LaneStatus status) {
  const std::scoped_lock lock(mutex_);
  auto& before = lanes_[status.lane];
  const bool changed = before.state != status.state || !SameStop(before.stop, status.stop);
  if (changed) LogChange(status);
  before = std::move(status);
  for (const auto reason : kAllStopReasons) {
    int stopped = 0;
    for (const auto& [lane, known] : lanes_) stopped += known.stop && known.stop->reason == reason ? 1 : 0;
    metrics_.stopped_lanes.at(reason)->Set(stopped);
  }
}

std::vector<LaneStatus> StatusBoard::All() const {
  const std::scoped_lock lock(mutex_);
  std::vector<LaneStatus> all;
  for (const auto& [lane, status] : lanes_) all.push_back(status);
  return all;
}

}  // namespace cdiscount::outbox
