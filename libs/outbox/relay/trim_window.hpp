#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>

#include "core/clock.hpp"
#include "outbox/topics.hpp"

namespace cdiscount::outbox {

/// Remembers how far the streams were published at which time, so that rows can be dropped a grace time after they were
/// published. Starts empty with each take-over: what is dropped is late by that, never early. Not thread-safe.
class TrimWindow {
 public:
  explicit TrimWindow(std::chrono::milliseconds grace) : grace_(grace) {}

  void Observe(SteadyTime now, const std::map<StreamId, std::int64_t>& progress) {
    if (!seen_.empty() && now - seen_.back().first < grace_ / 60) return;
    seen_.emplace_back(now, progress);
  }

  /// By stream the first sequence that has to stay: the progress of a grace time ago, at most. The row at the progress
  /// itself is never dropped, for the check needs it.
  std::map<StreamId, std::int64_t> FirstToKeep(SteadyTime now) {
    while (seen_.size() > 1 && now - seen_[1].first >= grace_) seen_.pop_front();
    if (seen_.empty() || now - seen_.front().first < grace_) return {};
    return seen_.front().second;
  }

 private:
  std::chrono::milliseconds grace_;
  std::deque<std::pair<SteadyTime, std::map<StreamId, std::int64_t>>> seen_;
};

}  // namespace cdiscount::outbox
