#include "rows/accounts.hpp"

namespace cdiscount::order_ingest::rows {
namespace {

constexpr std::string_view kFirstPosition =
    "INSERT INTO consumer_position (topic, partition, next_offset) VALUES (:topic, :partition, 0)"
    " ON CONFLICT DO NOTHING";
constexpr std::string_view kMovePosition =
    "UPDATE consumer_position SET next_offset = :next WHERE topic = :topic AND partition = :partition"
    " AND next_offset = :from";
constexpr std::string_view kFindPosition =
    "SELECT next_offset FROM consumer_position WHERE topic = :topic AND partition = :partition";
constexpr std::string_view kVersions = "SELECT account_id, version FROM account";

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

Status ApplyAccount(store::Transaction& transaction, const std::optional<AccountFact>& account,
                    const ConsumerStep& step) {
  transaction.Execute(kFirstPosition, {{"topic", step.topic}, {"partition", step.partition}});
  const auto moved = transaction.Execute(
      kMovePosition, {{"next", step.to}, {"topic", step.topic}, {"partition", step.partition}, {"from", step.from}});
  if (moved != 1) {
    return Error{.code = ErrorCode::kConflict,
                 .message = "the position in " + step.topic + " is not " + std::to_string(step.from) +
                            " any more: another process follows the topic with this database"};
  }
  if (account) {
    transaction.Execute(kSave, {{"account", account->who.account},
                                {"name", account->name},
                                {"seller", account->who.seller},
                                {"channel", account->who.channel},
                                {"enabled", account->enabled},
                                {"version", account->version},
                                {"generation", account->who.generation}});
  }
  return Ok();
}

std::int64_t FindPosition(store::Transaction& transaction, const std::string& topic, std::int32_t partition) {
  const auto row = transaction.QueryOne(kFindPosition, {{"topic", topic}, {"partition", partition}});
  return row ? row->Int("next_offset") : 0;
}

std::map<AccountId, std::int64_t> AccountVersions(store::Transaction& transaction) {
  std::map<AccountId, std::int64_t> versions;
  for (const auto& row : transaction.Query(kVersions)) {
    versions.emplace(AccountId{row.Text("account_id")}, row.Int("version"));
  }
  return versions;
}

}  // namespace cdiscount::order_ingest::rows
