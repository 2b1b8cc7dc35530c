#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "domain/account_lease.hpp"
#include "rows/polls.hpp"
#include "store/session.hpp"

namespace cdiscount::order_ingest {

/// The result of ClaimDue.
struct DueAccounts {
  std::vector<AccountLease> leases;
  /// When the next account is due that is neither leased here nor elsewhere; absent when there is none.
  std::optional<std::chrono::milliseconds> next_in;
};

/// Leases accounts that are due, with what each is to try to read again. Throws StoreError.
DueAccounts ClaimDue(store::Transaction& transaction, const rows::ClaimWish& wish);

/// Gives the lease back, and records how the poll ended. Fails with kConflict when the lease is lost. Throws
/// StoreError.
Status EndPoll(store::Transaction& transaction, const AccountLease& lease, const PollEnd& end);

}  // namespace cdiscount::order_ingest
