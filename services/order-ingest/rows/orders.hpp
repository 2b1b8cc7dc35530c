#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/sealed_box.hpp"
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
                 const KnownVersion& version, std::string_view payload, SysTime now);
/// What is remembered beside the version.
void SaveKnown(store::Transaction& transaction, const std::string& key, const KnownVersion& known);

/// `message` is an events.v1.OrderRecipients.
void SaveRecipients(store::Transaction& transaction, const crypto::SealedBox& box, const std::string& key,
                    std::int64_t version, const std::string& message);
/// For the relay, which reads them when it publishes. Nothing when they were erased. kUnreadable when their key is
/// missing: they must then wait, not become a tombstone.
Result<std::optional<std::string>> ReadRecipients(store::Session& session, const crypto::SealedBox& box,
                                                  const std::string& key);

}  // namespace cdiscount::order_ingest::rows
