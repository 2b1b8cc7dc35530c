#include "adapters/sql_account_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "adapters/sealing.hpp"
#include "domain/shared_credentials.hpp"

namespace cdiscount::auth {
namespace {

constexpr std::string_view kSelectClient =
    "SELECT sealed_secret, revision, refusal FROM client WHERE client_id = :client";
constexpr std::string_view kLockClient =
    "SELECT sealed_secret, revision, refusal FROM client WHERE client_id = :client FOR UPDATE";
constexpr std::string_view kInsertClient =
    "INSERT INTO client (client_id, sealed_secret, revision) VALUES (:client, :secret, :revision) ON CONFLICT DO "
    "NOTHING";
// What was asked for with the old secret is void: the token, the claim and the pause.
constexpr std::string_view kReplaceSecret =
    "UPDATE client SET sealed_secret = :secret, revision = :revision, refusal = '', sealed_token = NULL,"
    " fingerprint = NULL, issued_at = NULL, renew_at = NULL, expires_at = NULL, replaces_rejected = NULL,"
    " asked_until = NULL, failures = 0, pause_until = NULL, pause_code = NULL, pause_reason = NULL"
    " WHERE client_id = :client";
constexpr std::string_view kDropUnused =
    "DELETE FROM client WHERE client_id = :client AND NOT EXISTS (SELECT 1 FROM account WHERE client_id = :same)";
constexpr std::string_view kExpiry = "SELECT expires_at FROM client WHERE client_id = :client AND expires_at > :now";
constexpr std::string_view kExpiries = "SELECT client_id, expires_at FROM client WHERE expires_at > :now";

struct ClientRow {
  std::string sealed_secret;
  std::int64_t revision;
  std::string refusal;
};

Error ChangedMeanwhile(const std::string& what) {
  return {.code = ErrorCode::kUnavailable,
          .message = fmt::format("{} was changed by somebody else at this instant. Try again.", what)};
}

}  // namespace

/// One transaction's worth of work.
class SqlAccountStore::Work {
 public:
  Work(SqlAccountStore& store, store::Transaction& transaction)
      : store_(store),
        transaction_(transaction),
        accounts_(transaction, store.outbox_),
        now_(store.time_(transaction)) {}

  Result<AccountView> Create(const NewAccount& asked, const AccountId& id, const Cause& cause) {
    const auto& client = asked.credentials.client_id;
    const auto row = LockClient(client);
    const auto plan = Plan(row, asked.credentials, false);
    if (!plan) return plan.error();
    const auto account = Account::Open(asked, id, now_, row ? row->refusal : std::string{});
    if (!account) return account.error();
    if (*plan == CredentialsStep::kAdd && !InsertClient(asked.credentials)) return ChangedMeanwhile(Named(client));
    const auto inserted = accounts_.Insert(*account, cause);
    if (!inserted) return inserted.error();
    return View(*account);
  }

  Result<AccountView> Find(const AccountRef& ref) {
    const auto account = accounts_.Find(ref);
    if (!account) return account.error();
    return View(*account);
  }

  std::vector<AccountView> List(const AccountsPage& page) {
    std::map<std::string, SysTime> expiries;
    for (const auto& row : transaction_.Query(kExpiries, {now_})) expiries.emplace(row.Text(0), row.Time(1));
    std::vector<AccountView> views;
    for (auto& account : accounts_.Page(page)) {
      const auto expiry = expiries.find(account.client_id().value());
      views.push_back({std::move(account), expiry == expiries.end() ? std::nullopt : std::optional(expiry->second)});
    }
    return views;
  }

  Result<AccountView> ChangeOne(const AccountRef& ref, Change change, const Cause& cause) {
    const auto account = accounts_.Find(ref, Lock::kYes);
    if (!account) return account.error();
    const auto next = ((*account).*change)(now_);
    const auto updated = accounts_.Update(*account, next, cause);
    if (!updated) return updated.error();
    return View(next);
  }

  Result<AccountView> ReplaceCredentials(const AccountRef& ref, const Credentials& given, const Cause& cause) {
    const auto seen = accounts_.Find(ref);
    if (!seen) return seen.error();
    const auto& old = seen->client_id();
    const bool own = old == given.client_id;
    const auto row = LockClients(old, given.client_id);
    const auto account = accounts_.Find(ref, Lock::kYes);
    if (!account) return account.error();
    if (account->client_id() != old) return ChangedMeanwhile("Account \"" + account->name() + "\"");

    const auto plan = Plan(row, given, own);
    if (!plan) return plan.error();
    switch (*plan) {
      case CredentialsStep::kAdd:
        if (!InsertClient(given)) return ChangedMeanwhile(Named(given.client_id));
        return Move(*account, given.client_id, "", cause);
      case CredentialsStep::kJoin:
        return Move(*account, given.client_id, row->refusal, cause);
      case CredentialsStep::kReplace:
        return ReplaceSecret(*account, given, *row, cause);
    }
    return ChangedMeanwhile("Account \"" + account->name() + "\"");
  }

 private:
  static std::string Named(const ClientId& client) { return "Client id \"" + client.value() + "\""; }

  AccountView View(const Account& account) {
    const auto rows = transaction_.Query(kExpiry, {account.client_id().value(), now_});
    return {account, rows.empty() ? std::nullopt : std::optional(rows.front().Time(0))};
  }

  std::optional<ClientRow> LockClient(const ClientId& client) {
    const auto sql = transaction_.engine() == store::Engine::kPostgres ? kLockClient : kSelectClient;
    const auto rows = transaction_.Query(sql, {client.value()});
    if (rows.empty()) return std::nullopt;
    return ClientRow{rows.front().Text(0), rows.front().Int(1), rows.front().Text(2)};
  }

  /// Both rows, always in the same order; gives the one of `wanted`.
  std::optional<ClientRow> LockClients(const ClientId& other, const ClientId& wanted) {
    if (other < wanted) LockClient(other);
    auto row = LockClient(wanted);
    if (wanted < other) LockClient(other);
    return row;
  }

  Result<CredentialsStep> Plan(const std::optional<ClientRow>& row, const Credentials& given, bool own) {
    if (!row) return PlanCredentials(std::nullopt, given, own);
    // What an account replaces need not be readable: new credentials are also the way out of a lost key.
    if (own) return PlanCredentials(SharedCredentials{.credentials = given}, given, own);
    auto secret = OpenClientSecret(store_.box_, row->sealed_secret, given.client_id, row->revision);
    if (!secret) return secret.error();
    return PlanCredentials(SharedCredentials{.credentials = {given.client_id, std::move(*secret)},
                                             .used_by = accounts_.AUserOf(given.client_id).value_or("")},
                           given, own);
  }

  /// False when somebody else inserted it at this instant.
  bool InsertClient(const Credentials& credentials) {
    const auto revision = now_.time_since_epoch().count();
    const auto sealed = SealClientSecret(store_.box_, credentials, revision);
    return transaction_.Execute(kInsertClient, {credentials.client_id.value(), sealed, revision}) != 0;
  }

  Result<AccountView> Move(const Account& account, const ClientId& client, const std::string& refusal,
                           const Cause& cause) {
    const auto next = account.WithCredentials(client, now_, refusal);
    const auto updated = accounts_.Update(account, next, cause);
    if (!updated) return updated.error();
    transaction_.Execute(kDropUnused, {account.client_id().value(), account.client_id().value()});
    return View(next);
  }

  Result<AccountView> ReplaceSecret(const Account& account, const Credentials& given, const ClientRow& row,
                                    const Cause& cause) {
    const auto revision = std::max(row.revision + 1, now_.time_since_epoch().count());
    transaction_.Execute(kReplaceSecret,
                         {SealClientSecret(store_.box_, given, revision), revision, given.client_id.value()});
    auto changed = account;
    for (const auto& user : accounts_.OfClient(given.client_id)) {
      const auto next = user.WithCredentials(given.client_id, now_);
      const auto updated = accounts_.Update(user, next, cause);
      if (!updated) return updated.error();
      if (next.id() == account.id()) changed = next;
    }
    return View(changed);
  }

  SqlAccountStore& store_;
  store::Transaction& transaction_;
  AccountRows accounts_;
  SysTime now_;
};

Task<Result<AccountView>> SqlAccountStore::Create(NewAccount account, AccountId id, Cause cause) {
  auto created = co_await database_.Run(
      [&](store::Transaction& transaction) { return Work(*this, transaction).Create(account, id, cause); });
  announced_();
  co_return created;
}

Task<Result<AccountView>> SqlAccountStore::Find(AccountRef account) {
  co_return co_await database_.Read(
      [&](store::Transaction& transaction) { return Work(*this, transaction).Find(account); });
}

Task<Result<std::vector<AccountView>>> SqlAccountStore::List(AccountsPage page) {
  co_return co_await database_.Read(
      [&](store::Transaction& transaction) { return Work(*this, transaction).List(page); });
}

Task<Result<AccountView>> SqlAccountStore::Enable(AccountRef account, Cause cause) {
  return ChangeOne(std::move(account), &Account::Enabled, std::move(cause));
}

Task<Result<AccountView>> SqlAccountStore::Disable(AccountRef account, Cause cause) {
  return ChangeOne(std::move(account), &Account::Disabled, std::move(cause));
}

Task<Result<AccountView>> SqlAccountStore::ChangeOne(AccountRef account, Change change, Cause cause) {
  auto changed = co_await database_.Run(
      [&](store::Transaction& transaction) { return Work(*this, transaction).ChangeOne(account, change, cause); });
  announced_();
  co_return changed;
}

Task<Result<AccountView>> SqlAccountStore::ReplaceCredentials(AccountRef account, Credentials credentials,
                                                              Cause cause) {
  auto replaced = co_await database_.Run([&](store::Transaction& transaction) {
    return Work(*this, transaction).ReplaceCredentials(account, credentials, cause);
  });
  announced_();
  co_return replaced;
}

}  // namespace cdiscount::auth
