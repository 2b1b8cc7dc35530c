#include "app/due_polls.hpp"

#include <string>
#include <utility>

#include "app/ingest_orders.hpp"
#include "app/poll_log.hpp"
#include "domain/unreadable_order.hpp"
#include "rows/polls.hpp"
#include "rows/unreadable_orders.hpp"
#include "telemetry/log.hpp"
#include "telemetry/trace_context.hpp"

namespace cdiscount::order_ingest {
namespace {

// Handing out counts as a try: what stays broken is asked for less and less, and takes no turn of another order.
void HandOutTries(store::Transaction& transaction, AccountLease& lease) {
  const auto& account = lease.who.account;
  const auto now = transaction.Now();
  for (const auto& due : rows::DueTries(transaction, account, now)) {
    if (due.attempts >= kMostTries) {
      rows::GiveUp(transaction, account, due.id, now);
      log::Warn("unreadable_order_given_up", {{"account_id", account}, {"id", due.id}, {"tries", due.attempts}});
      continue;
    }
    rows::NoteTry(transaction, account, due.id, now + std::chrono::minutes{due.attempts + 1});
    if (due.order) {
      lease.ask_again.push_back(*due.order);
    } else if (!lease.look_again_from || due.window_min < *lease.look_again_from) {
      lease.look_again_from = due.window_min;
    }
  }
}

Task<Status> Poll(IngestOrders& ingest, PollLog& log, AccountLease lease) {
  const auto report = co_await ingest.Poll(lease);
  if (!report) co_return report.error();
  log.Polled(lease, *report);
  co_return Ok();
}

}  // namespace

work::Claimed<AccountLease> ClaimDue(store::Transaction& transaction, const work::ClaimWish& wish) {
  auto due = rows::ClaimPolls(transaction, wish);
  for (auto& lease : due.rows) {
    lease.who.traceparent = telemetry::TraceContext::NewRoot().ToHeader();
    // A poll that is likely to fail again would use up a try without asking.
    if (lease.failures_in_a_row == 0) HandOutTries(transaction, lease);
  }
  return due;
}

Status EndPoll(store::Transaction& transaction, const AccountLease& lease, const PollEnd& end) {
  auto finished = rows::FinishPoll(transaction, lease, end);
  if (finished && end.read_from) rows::SettleUnmet(transaction, lease.who.account, *end.read_from);
  return finished;
}

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
