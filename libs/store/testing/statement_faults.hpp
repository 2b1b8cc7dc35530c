#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "store/session.hpp"

namespace cdiscount::fakes {

/// Makes a statement fail, to see what a transaction leaves behind that breaks at any of its statements:
///
///     fakes::StatementFaults faults;
///     auto database = store::Database::Open({.url = ..., .before_statement = faults.Hook()});
///     for (int nth = 1;; ++nth) {
///       faults.FailStatement(nth);
///       Save(order);
///       if (faults.Disarm()) break;  // it has fewer statements: every one has failed once
///       ... nothing of the order is there
///     }
///
/// Outlives the database. Thread-safe.
class StatementFaults {
 public:
  /// The nth statement from now throws instead of running (1: the next one, of whichever session; a COMMIT counts).
  void FailStatement(int nth, ErrorCode code = ErrorCode::kUnavailable) {
    const std::scoped_lock lock(mutex_);
    left_ = nth;
    code_ = code;
  }

  /// No statement fails from now on. True when the one that was to fail had not come.
  bool Disarm() {
    const std::scoped_lock lock(mutex_);
    const bool waiting = left_ > 0;
    left_ = 0;
    return waiting;
  }

  store::BeforeStatement Hook() {
    return [this](std::string_view sql) {
      const std::scoped_lock lock(mutex_);
      if (left_ == 0) return;
      --left_;
      if (left_ == 0) throw store::StoreError(code_, "a fault that the test injected at: " + std::string(sql));
    };
  }

 private:
  std::mutex mutex_;
  int left_ = 0;
  ErrorCode code_ = ErrorCode::kUnavailable;
};

}  // namespace cdiscount::fakes
