#include "rows/sync_views.hpp"

#include "domain/messages.hpp"

namespace cdiscount::order_ingest::rows {
namespace {

namespace pb = cdiscount::orders::v1;

const std::string kSelectUnreadable =
    "SELECT u.account_id, coalesce(a.name, '') AS account_name, u.id, u.order_id, u.reason, u.first_seen_at,"
    " u.last_seen_at, u.attempts, u.next_try_at, u.given_up_at, u.sealed, u.account_id || '/' || u.id AS list_key"
    " FROM unreadable_order u LEFT JOIN account a ON a.account_id = u.account_id WHERE ";
const std::string kListUnreadable =
    kSelectUnreadable +
    "(:any = 1 OR u.account_id = :account) AND (u.first_seen_at < :before OR (u.first_seen_at = :before"
    " AND u.account_id || '/' || u.id < :key)) ORDER BY u.first_seen_at DESC, list_key DESC LIMIT :most";
const std::string kFindUnreadable = kSelectUnreadable + "(u.account_id = :account OR a.name = :account) AND u.id = :id";

constexpr std::string_view kCountUnreadable =
    "SELECT count(*) AS orders, count(given_up_at) AS given_up FROM unreadable_order";
constexpr std::string_view kCountFailing =
    "SELECT count(failing_since) AS failing, min(coalesce(last_success_at, failing_since)) AS oldest FROM account"
    " WHERE enabled = 1";

UnreadableView UnreadableFrom(const store::Row& row) {
  UnreadableView view;
  auto& order = view.order;
  order.set_account_id(row.Text("account_id"));
  order.set_account_name(row.Text("account_name"));
  order.set_id(row.Text("id"));
  order.set_order_id(row.MaybeText("order_id").value_or(""));
  order.set_reason(row.Text("reason"));
  Set(order.mutable_first_seen_at(), row.Time("first_seen_at"));
  Set(order.mutable_last_seen_at(), row.Time("last_seen_at"));
  order.set_tries(static_cast<std::int32_t>(row.Int("attempts")));
  if (const auto given_up = row.MaybeTime("given_up_at")) {
    order.set_state(pb::UNREADABLE_ORDER_STATE_GIVEN_UP);
    Set(order.mutable_given_up_at(), *given_up);
  } else {
    order.set_state(pb::UNREADABLE_ORDER_STATE_WAITING);
    Set(order.mutable_next_try_at(), row.Time("next_try_at"));
  }
  view.sealed = row.Text("sealed");
  view.place = {row.Int("first_seen_at"), row.Text("list_key")};
  return view;
}

pb::SyncStatus StatusFrom(const store::Row& row) {
  pb::SyncStatus status;
  status.set_account_id(row.Text("account_id"));
  status.set_account_name(row.Text("name"));
  status.set_seller_id(row.Text("seller_id"));
  status.set_sales_channel_id(row.Text("sales_channel_id"));
  status.set_active(row.Bool("enabled"));
  if (const auto time = row.MaybeTime("cursor_at")) Set(status.mutable_cursor(), *time);
  if (const auto time = row.MaybeTime("last_poll_at")) Set(status.mutable_last_poll_at(), *time);
  if (const auto time = row.MaybeTime("last_success_at")) Set(status.mutable_last_success_at(), *time);
  if (status.active()) Set(status.mutable_next_poll_at(), row.Time("next_poll_at"));
  status.set_last_error(row.Text("last_error"));
  status.set_failures_in_a_row(static_cast<std::int32_t>(row.Int("failures")));
  if (const auto time = row.MaybeTime("failing_since")) Set(status.mutable_failing_since(), *time);
  status.set_unreadable_orders(row.Int("unreadable"));
  status.set_known_orders(row.Int("known"));
  return status;
}

}  // namespace

// The page of accounts first, then what is counted for each of them: by an index of its own account's rows.
const std::string_view kSyncStatus =
    "SELECT a.account_id, a.name, a.seller_id, a.sales_channel_id, a.enabled, a.cursor_at, a.last_poll_at,"
    " a.last_success_at, a.next_poll_at, a.last_error, a.failures, a.failing_since,"
    " (SELECT count(*) FROM unreadable_order u WHERE u.account_id = a.account_id) AS unreadable,"
    " (SELECT count(*) FROM orders o WHERE o.account_id = a.account_id) AS known"
    " FROM (SELECT * FROM account WHERE (:any = 1 OR account_id = :account)"
    "  AND (:first = 1 OR name > :name OR (name = :name AND account_id > :id))"
    "  ORDER BY name, account_id LIMIT :most) a ORDER BY a.name, a.account_id";

std::vector<pb::SyncStatus> ListSyncStatus(store::Transaction& transaction, const SyncAsked& asked) {
  return transaction
      .Query(kSyncStatus, {{"any", !asked.account},
                           {"account", asked.account ? std::string_view(asked.account->value()) : ""},
                           {"first", asked.first},
                           {"name", asked.after_name},
                           {"id", asked.after_id},
                           {"most", asked.most}})
      .Map(StatusFrom);
}

std::vector<UnreadableView> ListUnreadable(store::Transaction& transaction, const UnreadableAsked& asked) {
  return transaction
      .Query(kListUnreadable, {{"any", !asked.account},
                               {"account", asked.account ? std::string_view(asked.account->value()) : ""},
                               {"before", asked.before.at},
                               {"key", asked.before.key},
                               {"most", asked.most}})
      .Map(UnreadableFrom);
}

std::optional<UnreadableView> ViewUnreadable(store::Transaction& transaction, const std::string& account,
                                             const std::string& id) {
  const auto row = transaction.QueryOne(kFindUnreadable, {{"account", account}, {"id", id}});
  return row ? std::optional(UnreadableFrom(*row)) : std::nullopt;
}

SyncFigures ReadSyncFigures(store::Transaction& transaction) {
  SyncFigures figures;
  const auto orders = transaction.Query(kCountUnreadable).at(0);
  figures.given_up = orders.Int("given_up");
  figures.waiting = orders.Int("orders") - figures.given_up;
  const auto accounts = transaction.Query(kCountFailing).at(0);
  figures.failing = accounts.Int("failing");
  if (const auto oldest = accounts.MaybeTime("oldest")) figures.oldest_success_age = transaction.Now() - *oldest;
  return figures;
}

}  // namespace cdiscount::order_ingest::rows
