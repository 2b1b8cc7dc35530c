#include "rows/accounts.hpp"

#include <fmt/format.h>

namespace cdiscount::auth::rows {
namespace {

const std::string kColumns =
    "account_id, name, seller_id, sales_channel_id, client_id, enabled, refusal, version, generation, created_at, "
    "changed_at";
const std::string kSelect =
    "SELECT " + kColumns +
    ", (SELECT expires_at FROM client WHERE client.client_id = account.client_id) AS token_expires_at FROM account";

const std::string kFind =
    kSelect +
    " WHERE account_id = :ref OR name = :ref ORDER BY (CASE WHEN account_id = :ref THEN 0 ELSE 1 END) LIMIT 1";
const std::string kFindLocked = kFind + " {for update}";
const std::string kPage = kSelect + " WHERE name > :after ORDER BY name LIMIT :limit";
const std::string kOfClient = kSelect + " WHERE client_id = :client ORDER BY account_id {for update}";
constexpr std::string_view kUser = "SELECT name FROM account WHERE client_id = :client ORDER BY name LIMIT 1";

const std::string kInsert =
    "INSERT INTO account (" + kColumns +
    ") VALUES (:account, :name, :seller, :channel, :client, :enabled, :refusal, :version, :generation, :created, "
    ":changed)"
    " ON CONFLICT DO NOTHING";
constexpr std::string_view kTaken =
    "SELECT name FROM account WHERE name = :name OR (seller_id = :seller AND sales_channel_id = :channel)"
    " ORDER BY (CASE WHEN name = :name THEN 0 ELSE 1 END) LIMIT 1";
constexpr std::string_view kUpdate =
    "UPDATE account SET client_id = :client, enabled = :enabled, refusal = :refusal, version = :version,"
    " generation = :generation, changed_at = :changed WHERE account_id = :account AND version = :before";

Account ToAccount(const store::Row& row) {
  return Account{{.id = AccountId{row.Text("account_id")},
                  .name = row.Text("name"),
                  .seller_id = SellerId{row.Text("seller_id")},
                  .sales_channel_id = ChannelId{row.Text("sales_channel_id")},
                  .client_id = ClientId{row.Text("client_id")},
                  .enabled = row.Bool("enabled"),
                  .refusal = row.Text("refusal"),
                  .version = row.Int("version"),
                  .generation = row.Int("generation"),
                  .created_at = row.Time("created_at"),
                  .changed_at = row.Time("changed_at")}};
}

AccountView ToView(const store::Row& row, SysTime now) {
  auto expires_at = row.MaybeTime("token_expires_at");
  if (expires_at && *expires_at <= now) expires_at.reset();
  return {ToAccount(row), expires_at};
}

Result<store::Row> FindRow(store::Transaction& transaction, const AccountRef& ref, Lock lock) {
  auto row = transaction.QueryOne(lock == Lock::kYes ? kFindLocked : kFind, {{"ref", ref}});
  if (row) return *std::move(row);
  return Error{.code = ErrorCode::kNotFound,
               .message = fmt::format("There is no account with the id or the name \"{}\".", ref.value())};
}

Error Taken(store::Transaction& transaction, const Account& account) {
  const auto row = transaction.QueryOne(
      kTaken, {{"name", account.name()}, {"seller", account.seller_id()}, {"channel", account.sales_channel_id()}});
  const auto by = row ? row->Text("name") : std::string{};
  if (by == account.name()) {
    return {.code = ErrorCode::kAlreadyExists,
            .message = fmt::format("There is an account \"{}\" already: choose another name.", by),
            .field = "name"};
  }
  return {.code = ErrorCode::kAlreadyExists,
          .message = fmt::format("Seller {} on {} is account \"{}\" already: use that one, or give it new credentials.",
                                 account.seller_id().value(), account.sales_channel_id().value(), by),
          .field = "seller_id"};
}

}  // namespace

Result<Account> FindAccount(store::Transaction& transaction, const AccountRef& ref, Lock lock) {
  const auto row = FindRow(transaction, ref, lock);
  if (!row) return row.error();
  return ToAccount(*row);
}

Result<AccountView> ViewAccount(store::Transaction& transaction, const AccountRef& ref, SysTime now) {
  const auto row = FindRow(transaction, ref, Lock::kNo);
  if (!row) return row.error();
  return ToView(*row, now);
}

std::vector<AccountView> ViewAccounts(store::Transaction& transaction, const AccountsPage& page, SysTime now) {
  return transaction.Query(kPage, {{"after", page.after}, {"limit", page.limit}}).Map([&](const store::Row& row) {
    return ToView(row, now);
  });
}

std::vector<Account> AccountsOfClient(store::Transaction& transaction, const ClientId& client) {
  return transaction.Query(kOfClient, {{"client", client}}).Map(ToAccount);
}

std::string UserOfClient(store::Transaction& transaction, const ClientId& client) {
  const auto row = transaction.QueryOne(kUser, {{"client", client}});
  return row ? row->Text("name") : std::string{};
}

Status InsertAccount(store::Transaction& transaction, const Account& account) {
  const auto& fields = account.fields();
  const auto inserted = transaction.Execute(kInsert, {{"account", fields.id},
                                                      {"name", fields.name},
                                                      {"seller", fields.seller_id},
                                                      {"channel", fields.sales_channel_id},
                                                      {"client", fields.client_id},
                                                      {"enabled", fields.enabled},
                                                      {"refusal", fields.refusal},
                                                      {"version", fields.version},
                                                      {"generation", fields.generation},
                                                      {"created", fields.created_at},
                                                      {"changed", fields.changed_at}});
  if (inserted == 0) return Taken(transaction, account);
  return Ok();
}

Status UpdateAccount(store::Transaction& transaction, const Account& before, const Account& next) {
  const auto& fields = next.fields();
  const auto updated = transaction.Execute(kUpdate, {{"client", fields.client_id},
                                                     {"enabled", fields.enabled},
                                                     {"refusal", fields.refusal},
                                                     {"version", fields.version},
                                                     {"generation", fields.generation},
                                                     {"changed", fields.changed_at},
                                                     {"account", fields.id},
                                                     {"before", before.version()}});
  if (updated != 0) return Ok();
  return Error{
      .code = ErrorCode::kUnavailable,
      .message = fmt::format("Account \"{}\" was changed by another call at this instant. Try again.", fields.name)};
}

}  // namespace cdiscount::auth::rows
