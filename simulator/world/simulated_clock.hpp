#pragma once

#include <chrono>
#include <optional>

#include "core/clock.hpp"

namespace cdiscount::simulator {

/// The marketplace's clock: the given one, moved, or standing still. Not thread-safe.
class SimulatedClock {
 public:
  explicit SimulatedClock(const Clock& base) : base_(base) {}

  SysTime Now() const { return frozen_at_.value_or(base_.Now() + offset_); }
  bool frozen() const { return frozen_at_.has_value(); }
  /// How far it is ahead of the machine's clock.
  std::chrono::microseconds offset() const { return Now() - base_.Now(); }

  void Advance(std::chrono::microseconds by) { Set(Now() + by); }
  /// Moves it to an instant; it goes on from there, or stands there when it is frozen.
  void Set(SysTime instant) {
    offset_ = instant - base_.Now();
    if (frozen_at_) frozen_at_ = instant;
  }
  void Freeze() { frozen_at_ = Now(); }
  /// Goes on from where it stood.
  void Unfreeze() {
    if (!frozen_at_) return;
    const auto instant = *frozen_at_;
    frozen_at_.reset();
    Set(instant);
  }

 private:
  const Clock& base_;
  std::chrono::microseconds offset_{0};
  std::optional<SysTime> frozen_at_;
};

}  // namespace cdiscount::simulator
