#pragma once

#include <chrono>

#include "app/polling_options.hpp"
#include "domain/account_lease.hpp"
#include "store/session.hpp"
#include "work/due_work.hpp"

// The accounts that are due for a poll: their leases, and how their polls end.
namespace cdiscount::order_ingest {

class IngestOrders;
class PollLog;

/// Leases accounts that are due, with what each is to try to read again. Throws StoreError.
work::Claimed<AccountLease> ClaimDue(store::Transaction& transaction, const work::ClaimWish& wish);

/// Gives the lease back, and records how the poll ended. Fails with kConflict when the lease is lost. Throws
/// StoreError.
Status EndPoll(store::Transaction& transaction, const AccountLease& lease, const PollEnd& end);

/// The polls, for work::DueRows. One that could not record its end backs off by `intervals`; `longest_poll` is for the
/// message about one that had to be ended. `ingest` and `log` outlive it.
work::DueWork<AccountLease> DuePolls(IngestOrders& ingest, PollLog& log, PollIntervals intervals,
                                     std::chrono::milliseconds longest_poll);

}  // namespace cdiscount::order_ingest
