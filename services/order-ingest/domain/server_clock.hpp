#pragma once

#include <chrono>
#include <deque>
#include <optional>

#include "core/clock.hpp"

namespace cdiscount::order_ingest {

/// The marketplace's time, as its last answers' `Date` headers tell it. One wrong answer moves nothing: several are
/// compared. Pure; not thread-safe.
class ServerClock {
 public:
  /// An answer that said `server` arrived when our clock said `ours`. Returns how far it is off the others' median when
  /// that is more than a minute.
  std::optional<std::chrono::microseconds> Answered(SysTime server, SysTime ours);

  /// The median of the last answers, within a day of our own clock; our own time before the first one.
  SysTime Now(SysTime ours) const;
  /// The earliest time that the last answers allow, within a day of our own clock. The bounds of the cursor use it: too
  /// early costs a repeated look, too late would cost an order.
  SysTime Earliest(SysTime ours) const;

 private:
  std::chrono::microseconds Median() const;

  std::deque<std::chrono::microseconds> ahead_;  // of our clock
};

}  // namespace cdiscount::order_ingest
