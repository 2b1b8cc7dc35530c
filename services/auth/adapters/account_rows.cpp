#include "adapters/account_rows.hpp"

#include <fmt/format.h>

#include "adapters/account_events.hpp"

namespace cdiscount::auth {
namespace {

const std::string kColumns =
    "account_id, name, seller_id, sales_channel_id, client_id, enabled, refusal, version, generation, created_at, "
    "changed_at";

const std::string kFind = "SELECT " + kColumns +
                          " FROM account WHERE account_id = :id OR name = :name"
                          " ORDER BY (CASE WHEN account_id = :same_id THEN 0 ELSE 1 END) LIMIT 1";
const std::string kPage = "SELECT " + kColumns + " FROM account WHERE name > :after ORDER BY name LIMIT :count";
const std::string kOfClient = "SELECT " + kColumns + " FROM account WHERE client_id = :client ORDER BY account_id";
constexpr std::string_view kAUserOf = "SELECT name FROM account WHERE client_id = :client ORDER BY name LIMIT 1";

const std::string kInsert =
    "INSERT INTO account (" + kColumns +
    ") VALUES (:id, :name, :seller, :channel, :client, :enabled, :refusal, :version, :generation, :created, :changed)"
    " ON CONFLICT DO NOTHING";
constexpr std::string_view kTaken =
    "SELECT name FROM account WHERE name = :name OR (seller_id = :seller AND sales_channel_id = :channel)"
    " ORDER BY (CASE WHEN name = :same_name THEN 0 ELSE 1 END) LIMIT 1";
constexpr std::string_view kUpdate =
    "UPDATE account SET client_id = :client, enabled = :enabled, refusal = :refusal, version = :version,"
    " generation = :generation, changed_at = :changed WHERE account_id = :id AND version = :before";

/// SQLite has one writer at a time: its transactions lock everything.
std::string Locking(const store::Transaction& transaction, const std::string& sql) {
  return sql + (transaction.engine() == store::Engine::kPostgres ? " FOR UPDATE" : "");
}

Account ToAccount(const store::Row& row) {
  return Account{{.id = AccountId{row.Text(0)},
                  .name = row.Text(1),
                  .seller_id = SellerId{row.Text(2)},
                  .sales_channel_id = SalesChannelId{row.Text(3)},
                  .client_id = ClientId{row.Text(4)},
                  .enabled = row.Bool(5),
                  .refusal = row.Text(6),
                  .version = row.Int(7),
                  .generation = row.Int(8),
                  .created_at = row.Time(9),
                  .changed_at = row.Time(10)}};
}

std::vector<Account> ToAccounts(const store::Rows& rows) {
  std::vector<Account> accounts;
  accounts.reserve(rows.size());
  for (const auto& row : rows) accounts.push_back(ToAccount(row));
  return accounts;
}

}  // namespace

Result<Account> AccountRows::Find(const AccountRef& ref, Lock lock) {
  const auto sql = lock == Lock::kYes ? Locking(transaction_, kFind) : kFind;
  const auto rows = transaction_.Query(sql, {ref.value(), ref.value(), ref.value()});
  if (!rows.empty()) return ToAccount(rows.front());
  return Error{.code = ErrorCode::kNotFound,
               .message = fmt::format("There is no account with the id or the name \"{}\".", ref.value())};
}

std::vector<Account> AccountRows::Page(const AccountsPage& page) {
  return ToAccounts(transaction_.Query(kPage, {page.after, page.limit}));
}

std::vector<Account> AccountRows::OfClient(const ClientId& client) {
  return ToAccounts(transaction_.Query(Locking(transaction_, kOfClient), {client.value()}));
}

std::optional<std::string> AccountRows::AUserOf(const ClientId& client) {
  const auto rows = transaction_.Query(kAUserOf, {client.value()});
  if (rows.empty()) return std::nullopt;
  return rows.front().Text(0);
}

Status AccountRows::Insert(const Account& account, const Cause& cause) {
  const auto& fields = account.fields();
  const auto inserted = transaction_.Execute(
      kInsert, {fields.id.value(), fields.name, fields.seller_id.value(), fields.sales_channel_id.value(),
                fields.client_id.value(), fields.enabled, fields.refusal, fields.version, fields.generation,
                fields.created_at, fields.changed_at});
  if (inserted == 0) return Taken(account);
  return outbox_.Append(transaction_, ToEvent(account, cause.traceparent));
}

Status AccountRows::Update(const Account& before, const Account& next, const Cause& cause) {
  if (next.version() == before.version()) return Ok();
  const auto& fields = next.fields();
  const auto updated =
      transaction_.Execute(kUpdate, {fields.client_id.value(), fields.enabled, fields.refusal, fields.version,
                                     fields.generation, fields.changed_at, fields.id.value(), before.version()});
  if (updated == 0) {
    return Error{
        .code = ErrorCode::kUnavailable,
        .message = fmt::format("Account \"{}\" was changed by somebody else at this instant. Try again.", fields.name)};
  }
  return outbox_.Append(transaction_, ToEvent(next, cause.traceparent));
}

Error AccountRows::Taken(const Account& account) {
  const auto rows = transaction_.Query(
      kTaken, {account.name(), account.seller_id().value(), account.sales_channel_id().value(), account.name()});
  const auto by = rows.empty() ? std::string{} : rows.front().Text(0);
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

}  // namespace cdiscount::auth
