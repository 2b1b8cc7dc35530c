#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/page_walk.hpp"
#include "app/poll_interval.hpp"
#include "app/ports.hpp"
#include "app/readable_pages.hpp"
#include "core/clock.hpp"

namespace cdiscount::order_ingest {

struct PollingOptions {
  PollIntervals intervals;
  /// How far behind the cursor a deep poll looks again: orders may appear with a stamp of the past.
  std::chrono::seconds overlap{600};
  /// How far behind the cursor every other poll looks again.
  std::chrono::seconds short_overlap{30};
  /// A deep poll at least this often; every poll is deep while the overlap fits on one page.
  std::chrono::seconds deep_every{60};
  /// What is younger than this by the marketplace's clock is left for the next poll.
  std::chrono::seconds lag{2};
  /// Where an account begins that was never polled.
  std::chrono::hours first_window{24 * 7};
  WalkOptions walk;
};

/// What a poll did.
struct PollReport {
  int pages = 0;
  int created = 0;
  int changed = 0;
  int unchanged = 0;
  int older = 0;
  int flicker = 0;
  int set_back = 0;  ///< See SaveReport.
  int unreadable = 0;
  bool swept = false;
  std::vector<std::chrono::microseconds> ages;  ///< See SaveReport.
  std::chrono::milliseconds next_poll_in{0};
  SysTime read_from{};
  std::optional<Error> error;  ///< Why it ended early; what was read before it is kept.
};

/// Polls one account: walks through what changed since the cursor and stores each page in one transaction with its
/// events and its cursor. A crash at any instant repeats a page; it never loses one. Network thread.
class IngestOrders {
 public:
  /// `announce` is called after each transaction that wrote events (it wakes the relay).
  IngestOrders(
      OrderSource& source, OrderStore& store, const Clock& clock, PollingOptions options,
      std::function<void()> announce = [] {});

  /// Polls and gives the lease back. An error of the marketplace is part of the report; a Result error means that the
  /// lease was lost or the store failed, so that nothing more could be written.
  Task<Result<PollReport>> Poll(AccountLease lease);

 private:
  struct AccountPace {  // in memory only: after a restart the first poll is a deep one
    std::optional<SteadyTime> last_deep;
    int deep_pages = 0;
    int polls_without_news = 0;
  };

  Task<Result<PollReport>> Read(AccountLease& lease, PollReport report);
  Task<Status> Save(AccountLease& lease, PageToSave page, PollReport& report);
  Task<Status> ReadOneByOne(AccountLease& lease, const std::vector<OrderId>& orders, PollReport& report);
  SysTime WindowStart(const AccountLease& lease, bool deep) const;
  bool IsDeep(const AccountPace& pace) const;

  OrderSource& source_;
  OrderStore& store_;
  const Clock& clock_;
  PollingOptions options_;
  std::function<void()> announce_;
  ReadablePages pages_;
  std::chrono::microseconds server_ahead_{0};  // the marketplace's clock minus ours, from its last answer
  std::map<AccountId, AccountPace> paces_;
};

}  // namespace cdiscount::order_ingest
