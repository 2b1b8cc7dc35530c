#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "domain/account_lease.hpp"
#include "store/database.hpp"
#include "store/session.hpp"
#include "work/due_work.hpp"

/// The table "account": whose turn it is to be polled, by whom, and how it went. Every transaction of a poll locks this
/// row first. An instant that is stored (the next poll, the end of a lease) counts only as far as the wait that was
/// stored with it: after a clock that ran ahead was set back, accounts are due and leases are free.
namespace cdiscount::order_ingest::rows {

/// Leases enabled accounts whose next poll is due, longest due first; what another process locks at this instant is
/// passed over.
work::Claimed<AccountLease> ClaimPolls(store::Transaction& transaction, const work::ClaimWish& wish);
/// Gives each of these leases of one owner `ttl` from now on. Gives the accounts whose lease still holds: not taken by
/// another process, account enabled and of the same generation.
std::vector<std::string> RenewLeases(store::Transaction& transaction, const std::vector<AccountLease>& leases,
                                     std::chrono::milliseconds ttl);

/// Locks the account, extends the lease, moves the cursor when one is given, and gives the next write counter. Fails
/// with kConflict when the lease is lost, or when the account was disabled or changed its generation.
Result<std::int64_t> LockPoll(store::Transaction& transaction, const AccountLease& lease,
                              std::optional<SysTime> cursor);
/// Gives the lease back. `next_poll_in` counts up to kLongestPollWait. Fails with kConflict when the lease is lost.
Status FinishPoll(store::Transaction& transaction, const AccountLease& lease, const PollEnd& end);

/// Releases leases held by processes that exited, where no other process can hold any: SQLite's file lock keeps a
/// second one out. On PostgreSQL leases run out by themselves. For the start; throws StoreError.
void FreeLeasesOfTheDead(store::Database& database);

/// The statements that run at every claim, for the test that looks at their plans.
extern const std::string kSelectDue, kSelectNext;

}  // namespace cdiscount::order_ingest::rows
