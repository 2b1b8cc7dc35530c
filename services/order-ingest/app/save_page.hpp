#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "app/order_page.hpp"
#include "crypto/sealed_box.hpp"
#include "store/database.hpp"

namespace cdiscount::order_ingest {

struct PageToSave {
  std::vector<IncomingOrder> orders;
  std::vector<UnreadableOrder> unreadable;
  std::int64_t asked_at = 0;           ///< The lease's write counter before the request went out.
  std::optional<SysTime> cursor = {};  ///< The new cursor; absent = unchanged.
  bool alone = false;                  ///< The answer to FetchOrder: see Candidate::alone.
};

struct SaveReport {
  int created = 0;
  int changed = 0;
  int unchanged = 0;
  int older = 0;
  int flicker = 0;
  int set_back = 0;  ///< Of `changed`: versions whose stamp is older than the one before.
  /// Orders to ask for alone, once in this poll.
  std::vector<OrderId> ask_again;
  /// How old each new version was by the marketplace's stamp when it was stored; not for what was there before the
  /// account was first polled.
  std::vector<std::chrono::microseconds> ages;
  std::int64_t write_counter = 0;
  std::vector<UnreadableOrder> set_aside;  ///< For the first time.
};

/// The consequence when a statement of an order throws: the whole page fails with it, or that order is set aside (which
/// costs a savepoint for each order).
enum class Refused { kFailsThePage, kIsSetAside };

/// Locks the account with the lease's token, decides about each order by Compare, and stores orders, recipients, events
/// and cursor. An order that needs too large an event, or whose id cannot be a key, is set aside as unreadable. Fails
/// with kConflict when the lease is lost. Throws StoreError.
Result<SaveReport> SavePage(store::Transaction& transaction, const crypto::SealedBox& box,
                            const Fingerprints& fingerprints, const AccountLease& lease, const PageToSave& page,
                            Refused refused);

/// The same as one transaction; an order that the database refuses is set aside. The arguments live until it is done.
Task<Result<SaveReport>> SavePage(store::Database& database, const crypto::SealedBox& box,
                                  const Fingerprints& fingerprints, const AccountLease& lease, const PageToSave& page);

}  // namespace cdiscount::order_ingest
