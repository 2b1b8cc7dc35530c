#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace cdiscount::outbox {

/// Wakes threads that wait for rows. Thread-safe.
class Wake {
 public:
  void Notify() {
    {
      const std::scoped_lock lock(mutex_);
      ++count_;
    }
    changed_.notify_all();
  }

  /// How often it was notified. Read it before looking for work: what comes meanwhile then ends the next wait at once.
  std::uint64_t count() const {
    const std::scoped_lock lock(mutex_);
    return count_;
  }

  /// Until the count is another than `seen`, the time is over, or a stop is asked for. True when it was notified.
  bool WaitFor(std::uint64_t seen, std::chrono::milliseconds timeout, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, stop, timeout, [&] { return count_ != seen; });
  }

  /// The time, or until a stop is asked for.
  void Rest(std::chrono::milliseconds timeout, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, timeout, [] { return false; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t count_ = 0;
};

}  // namespace cdiscount::outbox
