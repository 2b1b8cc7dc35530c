#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/order_page.hpp"
#include "app/page_walk.hpp"
#include "app/polling_options.hpp"
#include "app/readable_pages.hpp"
#include "app/save_page.hpp"
#include "core/clock.hpp"
#include "domain/server_clock.hpp"

namespace cdiscount::order_ingest {

/// The result of a poll.
struct PollReport : PollEnd, OrderCounts {
  int pages = 0;
  int unreadable = 0;
  bool swept = false;
  bool cursor_moved = false;
  bool out_of_time = false;        ///< It ended at PollingOptions::longest.
  std::set<std::string> oddities;  ///< In words: answers that were not believed.
  std::chrono::duration<double> took{};
};

/// Polls one account: walks through what changed since the cursor and stores each page in one transaction with its
/// events and its cursor. A crash at any instant repeats a page; it never loses one. Network thread.
class IngestOrders {
 public:
  /// `box` seals people and what cannot be read. All must outlive this object.
  IngestOrders(marketplace::OrdersApi& api, const Fingerprints& fingerprints, store::Database& database,
               const crypto::SealedBox& box, const Clock& clock, PollingOptions options);

  /// Polls and gives the lease back, whatever happened. An error of the marketplace or of the store is part of the
  /// report; a Result error means that the lease is lost, or that the store could not even take the end of the poll.
  Task<Result<PollReport>> Poll(AccountLease lease);

 private:
  /// Where polls begin for a while, because an order behind that time breaks every page it stands on.
  struct Detour {
    SysTime from;
    SteadyTime until;  ///< Then the order is tried again.
    std::chrono::minutes pause;
    SysTime passed_over;  ///< The earliest time at which a poll would have begun without it: the next try begins there.
  };
  struct AccountPace {  // in memory only: after a restart the first poll is a deep one
    std::optional<SteadyTime> last_deep;
    std::optional<SteadyTime> last_verified;
    int deep_pages = 0;
    int polls_without_news = 0;
    std::optional<Detour> detour;
    int shorter_stretches = 0;  ///< How often the stretch was halved, because polls ended before it did.
  };
  struct PollState {
    AccountLease& lease;
    PollReport& report;
    SteadyTime end;
    SysTime from{};  ///< Where it begins to read.
    ExtraCalls extra = {};
    int single_calls_left;
    bool broken = false;
    std::optional<SysTime> behind_broken;
  };

  Task<Status> Read(PollState& poll);
  Task<Status> Walk(PollState& poll, PageWalk& walk);
  Task<Status> ReadPage(PollState& poll, PageWalk& walk, const marketplace::OrdersQuery& request);
  Task<> AskCount(PollState& poll, PageWalk& walk, PageWalk::AskCount window);
  Task<Status> Save(PollState& poll, PageToSave page);
  Task<Status> ReadOneByOne(PollState& poll, const std::vector<OrderId>& orders);
  void PlanNextPoll(const PollState& poll);
  void Learn(PollState& poll, const PageWalk& walk, bool deep);
  void TakeDetour(PollState& poll);
  bool OutOfTime(PollState& poll) const;
  SysTime WindowStart(const AccountLease& lease, AccountPace& pace, bool deep) const;
  bool IsDeep(const AccountPace& pace) const;

  marketplace::OrdersApi& api_;
  const Fingerprints& fingerprints_;
  store::Database& database_;
  const crypto::SealedBox& box_;
  const Clock& clock_;
  PollingOptions options_;
  ReadablePages pages_;
  ServerClock server_;
  std::map<AccountId, AccountPace> paces_;
};

}  // namespace cdiscount::order_ingest
