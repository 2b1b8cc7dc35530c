#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/sealed_box.hpp"
#include "domain/account_lease.hpp"
#include "domain/unreadable_order.hpp"
#include "store/session.hpp"

/// The table "unreadable_order": what was set aside, until it can be read.
namespace cdiscount::order_ingest::rows {

/// Stores what could not be read, or notes that it was met again. True when it is new.
bool KeepUnreadable(store::Transaction& transaction, const crypto::SealedBox& box, const AccountId& account,
                    const UnreadableOrder& broken, SysTime now);
/// The ids of the orders that are set aside.
std::set<std::string> UnreadableIds(store::Transaction& transaction, const AccountId& account);
/// The order can be read again.
void ForgetUnreadable(store::Transaction& transaction, const AccountId& account, const OrderId& order);
/// A poll has read everything from `read_from` on: orders without an id that it did not meet are marked resolved.
void SettleUnmet(store::Transaction& transaction, const AccountId& account, SysTime read_from);

struct DueTry {
  std::string id;
  std::optional<OrderId> order;
  SysTime window_min;
  int attempts = 0;
};
/// The orders that are due for another try, a few at a time.
std::vector<DueTry> DueTries(store::Transaction& transaction, const AccountId& account, SysTime now);
void NoteTry(store::Transaction& transaction, const AccountId& account, const std::string& id, SysTime next);
void GiveUp(store::Transaction& transaction, const AccountId& account, const std::string& id, SysTime now);

/// The raw text of an order that is set aside, as it was sealed.
Result<std::string> OpenRaw(const crypto::SealedBox& box, std::string_view sealed, const std::string& account,
                            const std::string& id);

}  // namespace cdiscount::order_ingest::rows
