#include "adapters/sql_account_store.hpp"

#include <utility>

namespace cdiscount::order_ingest {
namespace {

constexpr std::string_view kFirstPosition =
    "INSERT INTO consumer_position (topic, partition, next_offset) VALUES (:topic, :partition, 0)"
    " ON CONFLICT DO NOTHING";

constexpr std::string_view kMovePosition =
    "UPDATE consumer_position SET next_offset = :next WHERE topic = :topic AND partition = :partition"
    " AND next_offset = :from";

// Only a newer version changes anything. Another generation ends what was begun under the old one: the lease goes.
constexpr std::string_view kUpsertAccount =
    "INSERT INTO account (account_id, name, seller_id, sales_channel_id, enabled, version, generation)"
    " VALUES (:account, :name, :seller, :channel, :enabled, :version, :generation)"
    " ON CONFLICT (account_id) DO UPDATE SET name = excluded.name, seller_id = excluded.seller_id,"
    " sales_channel_id = excluded.sales_channel_id, enabled = excluded.enabled, version = excluded.version,"
    " next_poll_at = CASE WHEN account.generation = excluded.generation AND account.enabled = excluded.enabled"
    "   THEN account.next_poll_at ELSE 0 END,"
    " lease_until = CASE WHEN account.generation = excluded.generation THEN account.lease_until ELSE 0 END,"
    " generation = excluded.generation WHERE account.version < excluded.version";

}  // namespace

Task<Status> SqlAccountStore::ApplyAccount(std::optional<AccountFact> account, ConsumerStep step) {
  auto applied = co_await database_.Run([&](store::Transaction& transaction) -> Status {
    transaction.Execute(kFirstPosition, {step.topic, step.partition});
    const auto moved = transaction.Execute(kMovePosition, {step.to, step.topic, step.partition, step.from});
    if (moved != 1) {
      return Error{.code = ErrorCode::kConflict,
                   .message = "the position in " + step.topic + " is not " + std::to_string(step.from) +
                              " any more: another process follows the topic with this database"};
    }
    if (account) {
      transaction.Execute(kUpsertAccount,
                          {account->who.account.value(), account->name, account->who.seller.value(),
                           account->who.channel.value(), account->enabled, account->version, account->generation});
    }
    return Ok();
  });
  co_return applied;
}

Task<Result<std::int64_t>> SqlAccountStore::Position(std::string topic, std::int32_t partition) {
  auto position = co_await database_.Run([&](store::Transaction& transaction) -> std::int64_t {
    const auto rows =
        transaction.Query("SELECT next_offset FROM consumer_position WHERE topic = :topic AND partition = :partition",
                          {topic, partition});
    return rows.empty() ? 0 : rows[0].Int(0);
  });
  co_return position;
}

Task<Result<std::map<AccountId, std::int64_t>>> SqlAccountStore::Versions() {
  auto versions = co_await database_.Run([&](store::Transaction& transaction) {
    std::map<AccountId, std::int64_t> known;
    for (const auto& row : transaction.Query("SELECT account_id, version FROM account")) {
      known.emplace(AccountId{row.Text(0)}, row.Int(1));
    }
    return known;
  });
  co_return versions;
}

}  // namespace cdiscount::order_ingest
