#include "app/change_accounts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/account_events.hpp"
#include "rows/clients.hpp"

namespace cdiscount::auth {
namespace {

using rows::Lock;

Error ChangedMeanwhile(std::string_view what, const std::string& name) {
  return {.code = ErrorCode::kUnavailable,
          .message = fmt::format("{} \"{}\" was changed by another call at this instant. Try again.", what, name)};
}

/// The effect of giving credentials to an account.
enum class CredentialsStep {
  kAdd,      ///< No account uses this client id yet.
  kJoin,     ///< Others use it with the same secret.
  kReplace,  ///< It is the account's own: the new secret holds for all accounts of the client id.
};

/// Fails with kInvalidArgument when other accounts use the client id with another secret: a typing error in a new
/// account must not stop them. `client` is what is stored under the client id; `own` tells that the account uses it.
Result<CredentialsStep> PlanCredentials(store::Transaction& transaction, const crypto::SealedBox& box,
                                        const std::optional<rows::Client>& client, const Credentials& given, bool own) {
  if (!client) return CredentialsStep::kAdd;
  // The replaced secret need not be readable: new credentials are also the way out of a lost key.
  if (own) return CredentialsStep::kReplace;
  const auto secret = rows::OpenSecret(box, *client);
  if (!secret) return secret.error();
  if (*secret == given.client_secret) return CredentialsStep::kJoin;
  return Error{
      .code = ErrorCode::kInvalidArgument,
      .message = fmt::format("octopia.client_secret differs from the one that account \"{0}\" uses with the same "
                             "client id: give the same secret, or give account \"{0}\" its new credentials first",
                             rows::UserOfClient(transaction, given.client_id)),
      .field = "octopia.client_secret"};
}

Status AddClient(store::Transaction& transaction, const crypto::SealedBox& box, const Credentials& given, SysTime now) {
  if (rows::InsertClient(transaction, box, given, now.time_since_epoch().count())) return Ok();
  return ChangedMeanwhile("Client id", given.client_id.value());
}

Result<AccountView> CreateIn(store::Transaction& transaction, const crypto::SealedBox& box, const NewAccount& asked,
                             const AccountId& id, const std::string& traceparent) {
  const auto now = transaction.Now();
  const auto client = rows::FindClient(transaction, asked.credentials.client_id, Lock::kYes);
  const auto plan = PlanCredentials(transaction, box, client, asked.credentials, false);
  if (!plan) return plan.error();
  const auto account = Account::Open(asked, id, now, client ? client->refusal : std::string{});
  if (!account) return account.error();
  if (*plan == CredentialsStep::kAdd) {
    const auto added = AddClient(transaction, box, asked.credentials, now);
    if (!added) return added.error();
  }
  const auto saved = SaveNew(transaction, *account, traceparent);
  if (!saved) return saved.error();
  return rows::ViewAccount(transaction, AccountRef{id.value()}, now);
}

using Change = Account (Account::*)(SysTime) const;

Result<AccountView> ChangeIn(store::Transaction& transaction, const AccountRef& ref, Change change,
                             const std::string& traceparent) {
  const auto now = transaction.Now();
  const auto account = rows::FindAccount(transaction, ref, Lock::kYes);
  if (!account) return account.error();
  const auto saved = SaveNext(transaction, *account, ((*account).*change)(now), traceparent);
  if (!saved) return saved.error();
  return rows::ViewAccount(transaction, AccountRef{account->id().value()}, now);
}

/// Both rows, always in the same order; gives the one of `wanted`.
std::optional<rows::Client> LockClients(store::Transaction& transaction, const ClientId& other,
                                        const ClientId& wanted) {
  if (other < wanted) rows::FindClient(transaction, other, Lock::kYes);
  auto client = rows::FindClient(transaction, wanted, Lock::kYes);
  if (wanted < other) rows::FindClient(transaction, other, Lock::kYes);
  return client;
}

Status MoveTo(store::Transaction& transaction, const Account& account, const ClientId& client,
              const std::string& refusal, SysTime now, const std::string& traceparent) {
  const auto saved = SaveNext(transaction, account, account.WithCredentials(client, now, refusal), traceparent);
  if (saved) rows::DropUnusedClient(transaction, account.client_id());
  return saved;
}

Status ReplaceSecret(store::Transaction& transaction, const crypto::SealedBox& box, const Credentials& given,
                     std::int64_t revision, SysTime now, const std::string& traceparent) {
  rows::ReplaceSecret(transaction, box, given, std::max(revision + 1, now.time_since_epoch().count()));
  for (const auto& user : rows::AccountsOfClient(transaction, given.client_id)) {
    const auto saved = SaveNext(transaction, user, user.WithCredentials(given.client_id, now), traceparent);
    if (!saved) return saved;
  }
  return Ok();
}

Result<AccountView> ReplaceIn(store::Transaction& transaction, const crypto::SealedBox& box, const AccountRef& ref,
                              const Credentials& given, const std::string& traceparent) {
  const auto now = transaction.Now();
  const auto seen = rows::FindAccount(transaction, ref);
  if (!seen) return seen.error();
  const auto client = LockClients(transaction, seen->client_id(), given.client_id);
  const auto account = rows::FindAccount(transaction, ref, Lock::kYes);
  if (!account) return account.error();
  if (account->client_id() != seen->client_id()) return ChangedMeanwhile("Account", account->name());

  const auto plan = PlanCredentials(transaction, box, client, given, account->client_id() == given.client_id);
  if (!plan) return plan.error();
  Status done = Ok();
  switch (*plan) {
    case CredentialsStep::kAdd:
      done = AddClient(transaction, box, given, now);
      if (done) done = MoveTo(transaction, *account, given.client_id, "", now, traceparent);
      break;
    case CredentialsStep::kJoin:
      done = MoveTo(transaction, *account, given.client_id, client->refusal, now, traceparent);
      break;
    case CredentialsStep::kReplace:
      done = ReplaceSecret(transaction, box, given, client->revision, now, traceparent);
      break;
  }
  if (!done) return done.error();
  return rows::ViewAccount(transaction, AccountRef{account->id().value()}, now);
}

}  // namespace

Task<Result<AccountView>> ChangeAccounts::Create(NewAccount asked, std::string traceparent) {
  asked = Cleaned(std::move(asked));
  const auto violations = BrokenRules(asked);
  if (!violations.empty()) co_return AsError(violations);
  const auto id = new_id_();
  co_return co_await database_.Run(
      [&](store::Transaction& transaction) { return CreateIn(transaction, box_, asked, id, traceparent); });
}

Task<Result<AccountView>> ChangeAccounts::Enable(AccountRef account, std::string traceparent) {
  co_return co_await database_.Run(
      [&](store::Transaction& transaction) { return ChangeIn(transaction, account, &Account::Enabled, traceparent); });
}

Task<Result<AccountView>> ChangeAccounts::Disable(AccountRef account, std::string traceparent) {
  co_return co_await database_.Run(
      [&](store::Transaction& transaction) { return ChangeIn(transaction, account, &Account::Disabled, traceparent); });
}

Task<Result<AccountView>> ChangeAccounts::ReplaceCredentials(AccountRef account, Credentials given,
                                                             std::string traceparent) {
  given = Cleaned(std::move(given));
  const auto violations = BrokenRules(given);
  if (!violations.empty()) co_return AsError(violations);
  co_return co_await database_.Run(
      [&](store::Transaction& transaction) { return ReplaceIn(transaction, box_, account, given, traceparent); });
}

}  // namespace cdiscount::auth
