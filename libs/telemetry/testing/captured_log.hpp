#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/log.hpp"

namespace cdiscount::fakes {

/// Catches the log lines of this process while it lives. One at a time.
class CapturedLog {
 public:
  explicit CapturedLog(log::Level level = log::Level::kDebug, std::string service = "test") {
    log::SetUp(std::move(service), level);
    log::SetSink([this](std::string_view line) {
      const std::scoped_lock lock(mutex_);
      lines_.emplace_back(line);
      more_.notify_all();
    });
  }
  ~CapturedLog() { log::SetSink({}); }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;

  std::vector<std::string> lines() const {
    const std::scoped_lock lock(mutex_);
    return lines_;
  }
  /// Waits until this many lines hold the text. False when the time is over.
  bool WaitFor(std::string_view text, std::ptrdiff_t times = 1,
               std::chrono::milliseconds timeout = std::chrono::seconds{20}) const {
    std::unique_lock lock(mutex_);
    return more_.wait_for(lock, timeout, [&] {
      return std::ranges::count_if(lines_, [&](const auto& line) { return line.find(text) != line.npos; }) >= times;
    });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable more_;
  std::vector<std::string> lines_;
};

}  // namespace cdiscount::fakes
