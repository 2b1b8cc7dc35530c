#include "rows/unreadable_orders.hpp"

#include "crypto/digest.hpp"
#include "domain/storable_text.hpp"

namespace cdiscount::order_ingest::rows {
namespace {

// Only a try of ours counts as one: an ordinary poll may meet the same text every few seconds.
constexpr std::string_view kKeep =
    "INSERT INTO unreadable_order (account_id, id, order_id, reason, sealed, window_min, first_seen_at, last_seen_at,"
    " attempts, next_try_at) VALUES (:account, :id, :order, :reason, :sealed, :window, :now, :now, 1, :next)"
    " ON CONFLICT (account_id, id) DO UPDATE SET reason = excluded.reason, sealed = excluded.sealed,"
    " last_seen_at = excluded.last_seen_at"
    " RETURNING CASE WHEN first_seen_at = last_seen_at THEN 1 ELSE 0 END AS is_new";
constexpr std::string_view kIds =
    "SELECT order_id FROM unreadable_order WHERE account_id = :account AND order_id IS NOT NULL";
constexpr std::string_view kForget = "DELETE FROM unreadable_order WHERE account_id = :account AND id = :id";
constexpr std::string_view kSettle =
    "DELETE FROM unreadable_order WHERE account_id = :account AND order_id IS NULL AND window_min >= :from"
    " AND last_seen_at < (SELECT last_poll_at FROM account WHERE account_id = :account)";
constexpr std::string_view kDue =
    "SELECT id, order_id, window_min, attempts FROM unreadable_order WHERE account_id = :account"
    " AND given_up_at IS NULL AND (next_try_at <= :now OR next_try_at > :far) ORDER BY next_try_at LIMIT 20";
constexpr std::string_view kNoteTry =
    "UPDATE unreadable_order SET attempts = attempts + 1, next_try_at = :next WHERE account_id = :account AND id = :id";
constexpr std::string_view kGiveUp =
    "UPDATE unreadable_order SET given_up_at = :now WHERE account_id = :account AND id = :id";

constexpr auto kFirstRetry = std::chrono::minutes{1};

std::string RawRow(const std::string& account, const std::string& id) {
  return "order-ingest/unreadable/" + account + "/" + id;
}

}  // namespace

bool KeepUnreadable(store::Transaction& transaction, const crypto::SealedBox& box, const AccountId& account,
                    const UnreadableOrder& broken, SysTime now) {
  // An id that cannot be a key is no way to ask for the order either: it is looked for as one without id.
  const auto order = IsStorableKey(broken.order_id) ? std::optional(broken.order_id) : std::nullopt;
  const auto id = order.value_or("sha256:" + crypto::Sha256Hex(broken.order_id.empty() ? broken.raw : broken.order_id));
  const auto reason = Storable(
      order || broken.order_id.empty() ? broken.reason : "order id \"" + broken.order_id + "\": " + broken.reason);
  const auto sealed = box.Seal(broken.raw, RawRow(account.value(), id));
  return transaction
      .Query(kKeep, {{"account", account},
                     {"id", id},
                     {"order", order},
                     {"reason", reason},
                     {"sealed", sealed},
                     {"window", broken.window_min},
                     {"now", now},
                     {"next", now + kFirstRetry}})
      .at(0)
      .Bool("is_new");
}

std::set<std::string> UnreadableIds(store::Transaction& transaction, const AccountId& account) {
  std::set<std::string> ids;
  for (const auto& row : transaction.Query(kIds, {{"account", account}})) ids.insert(row.Text("order_id"));
  return ids;
}

void ForgetUnreadable(store::Transaction& transaction, const AccountId& account, const OrderId& order) {
  transaction.Execute(kForget, {{"account", account}, {"id", order}});
}

void SettleUnmet(store::Transaction& transaction, const AccountId& account, SysTime read_from) {
  transaction.Execute(kSettle, {{"account", account}, {"from", read_from}});
}

std::vector<DueTry> DueTries(store::Transaction& transaction, const AccountId& account, SysTime now) {
  const auto longest = std::chrono::minutes{kMostTries + 1};
  const auto rows = transaction.Query(kDue, {{"account", account}, {"now", now}, {"far", now + longest}});
  return rows.Map([](const store::Row& row) {
    const auto order = row.MaybeText("order_id");
    return DueTry{.id = row.Text("id"),
                  .order = order ? std::optional(OrderId{*order}) : std::nullopt,
                  .window_min = row.Time("window_min"),
                  .attempts = static_cast<int>(row.Int("attempts"))};
  });
}

void NoteTry(store::Transaction& transaction, const AccountId& account, const std::string& id, SysTime next) {
  transaction.Execute(kNoteTry, {{"account", account}, {"id", id}, {"next", next}});
}

void GiveUp(store::Transaction& transaction, const AccountId& account, const std::string& id, SysTime now) {
  transaction.Execute(kGiveUp, {{"account", account}, {"id", id}, {"now", now}});
}

Result<std::string> OpenRaw(const crypto::SealedBox& box, std::string_view sealed, const std::string& account,
                            const std::string& id) {
  return box.Open(sealed, RawRow(account, id));
}

}  // namespace cdiscount::order_ingest::rows
