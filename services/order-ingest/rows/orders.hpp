#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/compare.hpp"
#include "domain/order.hpp"
#include "store/session.hpp"

/// The tables "orders" and "order_recipients": the newest version of each order, and its people. Keys are
/// OrderKey::ToString.
namespace cdiscount::order_ingest::rows {

struct StoredOrder {
  KnownVersion known;
  AccountId account;    ///< The one that it was last read through: its write counter is known.written_at.
  int scheme = 0;       ///< Under which the content was hashed.
  std::string payload;  ///< orders.v1.Order.
};

/// Locks the row: two accounts may belong to one seller.
std::optional<StoredOrder> FindOrder(store::Transaction& transaction, const std::string& key);
/// The first version, or the one after the stored one. Throws StoreError (kAlreadyExists) when the stored version is
/// not older: another transaction stored it first.
void SaveVersion(store::Transaction& transaction, const OrderKey& key, const AccountId& account,
                 const KnownVersion& version, int scheme, std::string_view payload, SysTime now);
/// Stores the facts that are remembered beside the version.
void SaveKnown(store::Transaction& transaction, const std::string& key, const KnownVersion& known, int scheme);
/// The same version, with fields that an older scheme did not have.
void SavePayload(store::Transaction& transaction, const std::string& key, std::string_view payload);

/// The row name that the people of an order are sealed for.
std::string RecipientsRow(const std::string& key);
void SaveRecipients(store::Transaction& transaction, const std::string& key, std::int64_t version,
                    std::string_view sealed);
struct StoredRecipients {
  std::int64_t version = 0;  ///< Of the order, when they changed last.
  std::string sealed;
};
/// Nothing when they were erased.
std::optional<StoredRecipients> FindRecipients(store::Transaction& transaction, const std::string& key);
std::optional<StoredRecipients> FindRecipients(store::Session& session, const std::string& key);
}  // namespace cdiscount::order_ingest::rows
