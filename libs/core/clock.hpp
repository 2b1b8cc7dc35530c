#pragma once

#include <chrono>

namespace cdiscount {

/// A UTC instant in microseconds: what the databases keep and the wire formats carry.
using SysTime = std::chrono::sys_time<std::chrono::microseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Where the time comes from. A rule that needs the time gets it as a parameter; a class gets a Clock.
/// Implementations are safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall time, UTC. May jump.
  virtual SysTime Now() const = 0;
  /// For measuring and waiting. Never jumps.
  virtual SteadyTime SteadyNow() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  SysTime Now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
  SteadyTime SteadyNow() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace cdiscount
