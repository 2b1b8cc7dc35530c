#pragma once

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
    });
  }
  ~CapturedLog() { log::SetSink({}); }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;

  std::vector<std::string> lines() const {
    const std::scoped_lock lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace cdiscount::fakes
