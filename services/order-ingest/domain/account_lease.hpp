#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/order.hpp"

namespace cdiscount::order_ingest {

/// The seller that a call is made for.
struct SellerRef {
  AccountId account;
  SellerId seller;
  ChannelId channel;
  std::string traceparent = {};  ///< W3C; the trace that this poll is a part of. May be empty.
  std::int64_t generation = 0;   ///< Of the account's credentials: no token of another one is used.
};

/// The right to poll one account for a while.
struct AccountLease {
  SellerRef who;
  std::string owner;               ///< The process that holds it.
  std::int64_t token = 0;          ///< Fencing token: every write names it.
  std::optional<SysTime> cursor;   ///< Everything changed up to here was read; absent before the first poll.
  std::int64_t write_counter = 0;  ///< Grows with each save; see Candidate::asked_at.
  int failures_in_a_row = 0;
  std::vector<OrderId> ask_again;  ///< Orders that could not be read, due for another try.
  /// Where something stands that could not be read and has no id: the poll begins there at the latest.
  std::optional<SysTime> look_again_from;

  const std::string& key() const { return who.account.value(); }
};

/// How a poll ended.
struct PollEnd {
  std::chrono::milliseconds next_poll_in{0};
  std::optional<Error> error = {};  ///< Why it ended early; what was read before it is kept. Absent = it went well.
  /// Stopped in the middle by us: due again at once, neither a failure nor a success, whatever `error` says.
  bool interrupted = false;
  /// A poll that went well has read everything from here on. Unreadable orders without an id that it did not meet are
  /// marked resolved.
  std::optional<SysTime> read_from = {};
};

/// No wait before a poll is longer, not even one that the marketplace asked for.
inline constexpr std::chrono::hours kLongestPollWait{24};

}  // namespace cdiscount::order_ingest
