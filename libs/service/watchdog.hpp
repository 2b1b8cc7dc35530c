#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace cdiscount::service {

/// Calls `bark` on a thread of its own unless it is destroyed within the time: for when nothing else can be relied on.
class Watchdog {
 public:
  Watchdog(std::chrono::milliseconds patience, std::function<void()> bark)
      : thread_([patience, bark = std::move(bark)](const std::stop_token& stop) {
          std::mutex mutex;
          std::unique_lock lock(mutex);
          std::condition_variable_any never;
          never.wait_for(lock, stop, patience, [] { return false; });
          if (!stop.stop_requested()) bark();
        }) {}

 private:
  std::jthread thread_;
};

}  // namespace cdiscount::service
