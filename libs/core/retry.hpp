#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace cdiscount {

/// Exponential back-off with full jitter on its upper half. One object per thing that is retried; not thread-safe.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most, std::uint64_t seed = std::random_device{}())
      : first_(first), most_(most), next_(first), random_(seed) {}

  /// How long to wait before the next attempt. Doubles at each call up to `most`.
  std::chrono::milliseconds Next() {
    const auto ceiling = next_;
    next_ = std::min(next_ * 2, most_);
    std::uniform_int_distribution<std::int64_t> spread(ceiling.count() / 2, ceiling.count());
    return std::chrono::milliseconds{spread(random_)};
  }

  /// After a success.
  void Reset() { next_ = first_; }

 private:
  std::chrono::milliseconds first_, most_, next_;
  std::mt19937_64 random_;
};

}  // namespace cdiscount
