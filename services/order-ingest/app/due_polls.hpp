#pragma once

#include <chrono>

#include "app/ingest_orders.hpp"
#include "app/poll_log.hpp"
#include "work/due_work.hpp"

namespace cdiscount::order_ingest {

/// The polls of the accounts that are due, for work::DueRows. A poll that fails outside of IngestOrders backs off by
/// `intervals`; `longest_poll` is for the message about one that had to be ended. `ingest` and `log` outlive it.
work::DueWork<AccountLease> DuePolls(IngestOrders& ingest, PollLog& log, PollIntervals intervals,
                                     std::chrono::milliseconds longest_poll);

}  // namespace cdiscount::order_ingest
