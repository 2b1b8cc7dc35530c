#include "rows/accounts.hpp"

namespace cdiscount::order_ingest::rows {
namespace {

constexpr std::string_view kVersion = "SELECT version FROM account WHERE account_id = :account";
// Only a newer version changes anything. Another generation ends what was begun under the old one: the lease goes.
constexpr std::string_view kSave =
    "INSERT INTO account (account_id, name, seller_id, sales_channel_id, enabled, version, generation)"
    " VALUES (:account, :name, :seller, :channel, :enabled, :version, :generation)"
    " ON CONFLICT (account_id) DO UPDATE SET name = excluded.name, seller_id = excluded.seller_id,"
    " sales_channel_id = excluded.sales_channel_id, enabled = excluded.enabled, version = excluded.version,"
    " next_poll_at = CASE WHEN account.generation = excluded.generation AND account.enabled = excluded.enabled"
    "   THEN account.next_poll_at ELSE 0 END,"
    " lease_until = CASE WHEN account.generation = excluded.generation THEN account.lease_until ELSE 0 END,"
    " generation = excluded.generation WHERE account.version < excluded.version";

}  // namespace

void SaveAccount(store::Transaction& transaction, const events::v1::AccountEvent& account) {
  // At each start the topic is read whole: what is known already is to lock no row that a poll may hold.
  const auto known = transaction.QueryOne(kVersion, {{"account", account.account_id()}});
  if (known && known->Int("version") >= account.version()) return;
  transaction.Execute(kSave, {{"account", account.account_id()},
                              {"name", account.name()},
                              {"seller", account.seller_id()},
                              {"channel", account.sales_channel_id()},
                              {"enabled", account.state() == events::v1::ACCOUNT_STATE_ENABLED},
                              {"version", account.version()},
                              {"generation", account.generation()}});
}

}  // namespace cdiscount::order_ingest::rows
