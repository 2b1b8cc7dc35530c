#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "app/order_page.hpp"
#include "crypto/sealed_box.hpp"
#include "store/database.hpp"

namespace cdiscount::order_ingest {

struct PageToSave {
  std::vector<IncomingOrder> orders = {};
  std::vector<UnreadableOrder> unreadable = {};
  std::optional<SysTime> cursor = {};  ///< The new cursor; absent = unchanged.
  bool alone = false;                  ///< The answer to FetchOrder: see Candidate::alone.
};

/// What became of the orders that were read.
struct OrderCounts {
  int created = 0;
  int changed = 0;
  int unchanged = 0;
  int older = 0;
  int flicker = 0;
  int set_back = 0;  ///< Of `changed`: versions whose stamp is older than the one before.
  /// How old each new version was by the marketplace's stamp when it was stored; not for what was there before the
  /// account was first polled.
  std::vector<std::chrono::microseconds> ages = {};

  OrderCounts& operator+=(const OrderCounts& more);
};

struct SaveReport : OrderCounts {
  std::vector<OrderId> ask_again;          ///< To ask for alone, once in this poll.
  std::vector<UnreadableOrder> set_aside;  ///< For the first time.
};

/// Saves a page that was asked for under the lease's write counter, in one transaction: locks the account with the
/// lease's token, decides about each order by Compare, and stores orders, recipients, events and cursor; then the lease
/// has the new write counter and cursor. An order that needs too large an event, whose id cannot be a key, or that the
/// database refuses, is set aside as unreadable. Fails with kConflict when the lease is lost. The arguments live until
/// it is done.
Task<Result<SaveReport>> SavePage(store::Database& database, const crypto::SealedBox& box,
                                  const Fingerprints& fingerprints, AccountLease& lease, const PageToSave& page);

}  // namespace cdiscount::order_ingest
