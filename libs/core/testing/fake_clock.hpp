#pragma once

#include <mutex>

#include "core/clock.hpp"

namespace cdiscount::fakes {

/// A clock that a test sets and advances. Safe to use from any thread.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(SysTime start = SysTime{std::chrono::seconds{1'790'000'000}}) : now_(start) {}

  SysTime Now() const override {
    const std::scoped_lock lock(mutex_);
    return now_;
  }
  SteadyTime SteadyNow() const override {
    const std::scoped_lock lock(mutex_);
    return steady_;
  }
  void Advance(std::chrono::microseconds by) {
    const std::scoped_lock lock(mutex_);
    now_ += by;
    steady_ += by;
  }
  /// The wall clock is set, forward or back; the steady clock goes on as it was.
  void SetWallClock(SysTime to) {
    const std::scoped_lock lock(mutex_);
    now_ = to;
  }

  /// The machine's clock is set to another time; no time passes.
  void StepWall(std::chrono::microseconds by) {
    const std::scoped_lock lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  SysTime now_;
  SteadyTime steady_{};
};

}  // namespace cdiscount::fakes
