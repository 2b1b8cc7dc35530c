#pragma once

#include "domain/account_lease.hpp"
#include "store/session.hpp"
#include "work/due_work.hpp"

namespace cdiscount::order_ingest {

/// Leases accounts that are due, with what each is to try to read again. Throws StoreError.
work::Claimed<AccountLease> ClaimDue(store::Transaction& transaction, const work::ClaimWish& wish);

/// Gives the lease back, and records how the poll ended. Fails with kConflict when the lease is lost. Throws
/// StoreError.
Status EndPoll(store::Transaction& transaction, const AccountLease& lease, const PollEnd& end);

}  // namespace cdiscount::order_ingest
