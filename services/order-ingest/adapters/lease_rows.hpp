#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "store/session.hpp"

// Whose turn it is to be polled, and by whom: the account's row. Inside the transactions that SqlOrderStore runs.
// Functions throw StoreError.
namespace cdiscount::order_ingest {

/// Tries that we make by ourselves to read what was set aside: after 1, 2, ... minutes, about a day in all.
inline constexpr int kMostTries = 50;

/// See OrderStore::ClaimDue.
DueAccounts ClaimAccounts(store::Transaction& transaction, const std::string& owner, int most,
                          std::chrono::milliseconds ttl, const std::vector<AccountId>& running, bool also_set_back);

/// The statements that run at every claim, for the test that looks at their plans.
std::string SelectDue(store::Engine engine);
std::string SelectNextDue(store::Engine engine);

/// See OrderStore::RenewLeases.
std::vector<AccountId> RenewAccounts(store::Transaction& transaction, const std::string& owner,
                                     const std::vector<AccountLease>& leases, std::chrono::milliseconds ttl);

}  // namespace cdiscount::order_ingest
