#pragma once

#include <optional>
#include <string>

#include "app/ports.hpp"
#include "crypto/sealed_box.hpp"
#include "domain/compare.hpp"
#include "outbox/outbox.hpp"
#include "store/session.hpp"

// The rows of one page, inside the transaction that SqlOrderStore runs. Functions throw StoreError.
namespace cdiscount::order_ingest {

/// What a page is stored under.
struct PageContext {
  const AccountLease& lease;
  std::int64_t asked_at;       ///< See Candidate::asked_at.
  bool alone;                  ///< See Candidate::alone.
  std::int64_t write_counter;  ///< Of this transaction.
  SysTime now;                 ///< The database's clock.
  const outbox::Outbox& outbox;
  const crypto::SealedBox& box;
};

/// Decides about an order and stores it with its events. Fails with kInvalidArgument when its key cannot be stored or
/// an event would be too large: nothing of the order is stored then.
Result<Decision> KeepOrder(store::Transaction& transaction, const PageContext& page, const IncomingOrder& incoming);

/// Stores what could not be read, or notes that it was met again. True when it is new.
bool KeepUnreadable(store::Transaction& transaction, const PageContext& page, const UnreadableOrder& broken);

/// What the raw text of an unreadable order is sealed for.
std::string UnreadableRow(const std::string& account, const std::string& id);

}  // namespace cdiscount::order_ingest
