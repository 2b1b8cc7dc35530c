#include "app/poll_leases.hpp"

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

}  // namespace

work::Claimed<AccountLease> ClaimDue(store::Transaction& transaction, const work::ClaimWish& wish) {
  work::Claimed<AccountLease> due{.rows = rows::ClaimPolls(transaction, wish), .next_in = {}};
  auto busy = wish.running;
  for (auto& lease : due.rows) {
    lease.who.traceparent = telemetry::TraceContext::NewRoot().ToHeader();
    // A poll that is likely to fail again would use up a try without asking.
    if (lease.failures_in_a_row == 0) HandOutTries(transaction, lease);
    busy.push_back(lease.key());
  }
  due.next_in = rows::NextPollIn(transaction, busy);
  return due;
}

Status EndPoll(store::Transaction& transaction, const AccountLease& lease, const PollEnd& end) {
  auto finished = rows::FinishPoll(transaction, lease, end);
  if (finished && end.read_from) rows::SettleUnmet(transaction, lease.who.account, *end.read_from);
  return finished;
}

}  // namespace cdiscount::order_ingest
