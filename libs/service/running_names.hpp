#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <mutex>
#include <set>
#include <string>

namespace cdiscount::service {

/// The names of the loops and threads that have not ended. Thread-safe: a watchdog reads them on a thread of its own.
class RunningNames {
 public:
  void Add(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    names_.insert(name);
  }
  /// Once for each Add: several may run under one name.
  void Remove(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    names_.erase(names_.find(name));
  }
  /// "grpc, polling"
  std::string Joined() const {
    const std::scoped_lock lock(mutex_);
    return fmt::format("{}", fmt::join(names_, ", "));
  }

 private:
  mutable std::mutex mutex_;
  std::multiset<std::string> names_;
};

}  // namespace cdiscount::service
