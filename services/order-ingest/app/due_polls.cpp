#include "app/due_polls.hpp"

#include <string>
#include <utility>

#include "app/poll_leases.hpp"
#include "rows/polls.hpp"

namespace cdiscount::order_ingest {
namespace {

Task<Status> Poll(IngestOrders& ingest, PollLog& log, AccountLease lease) {
  const auto report = co_await ingest.Poll(lease);
  if (!report) co_return report.error();
  log.Polled(lease, *report);
  co_return Ok();
}

}  // namespace

work::DueWork<AccountLease> DuePolls(IngestOrders& ingest, PollLog& log, PollIntervals intervals,
                                     std::chrono::milliseconds longest_poll) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(longest_poll).count();
  return {
      .claim = ClaimDue,
      .renew = rows::RenewLeases,
      .run = [&](AccountLease lease) { return Poll(ingest, log, std::move(lease)); },
      .end =
          [intervals](store::Transaction& transaction, const AccountLease& lease, const std::optional<Error>& error) {
            PollEnd end{.error = error, .interrupted = !error};
            if (error) end.next_poll_in = AfterFailure(intervals, *error, lease.failures_in_a_row + 1);
            return EndPoll(transaction, lease, end);
          },
      .lease_lost = {.code = ErrorCode::kConflict,
                     .message = "the lease went: the account was disabled or changed meanwhile, or another process "
                                "took it after this one could not renew it in time"},
      .overlong = {.code = ErrorCode::kDeadlineExceeded,
                   .message = "the poll did not end by itself (polling.longest_poll) and was ended after " +
                              std::to_string(seconds) + " s; what it had stored is kept"},
      .on_running = [&](int polls) { log.Running(polls); },
      .on_lost = [&](const AccountLease& lease, const Error& error) { log.Lost(lease, error); },
      .on_store_away = [&](const Error& error) { log.StoreAway(error); }};
}

}  // namespace cdiscount::order_ingest
