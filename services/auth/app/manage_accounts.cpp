#include "app/manage_accounts.hpp"

namespace cdiscount::auth {

Task<Result<AccountView>> ManageAccounts::Create(NewAccount account, Cause cause) {
  account = Cleaned(std::move(account));
  const auto violations = BrokenRules(account);
  if (!violations.empty()) co_return AsError(violations);
  co_return co_await store_.Create(std::move(account), new_id_(), std::move(cause));
}

Task<Result<AccountView>> ManageAccounts::Get(AccountRef account) {
  return store_.Find(std::move(account));
}

Task<Result<std::vector<AccountView>>> ManageAccounts::List(AccountsPage page) {
  return store_.List(std::move(page));
}

Task<Result<AccountView>> ManageAccounts::Enable(AccountRef account, Cause cause) {
  return store_.Enable(std::move(account), std::move(cause));
}

Task<Result<AccountView>> ManageAccounts::Disable(AccountRef account, Cause cause) {
  return store_.Disable(std::move(account), std::move(cause));
}

Task<Result<AccountView>> ManageAccounts::ReplaceCredentials(AccountRef account, Credentials credentials, Cause cause) {
  credentials = Cleaned(std::move(credentials));
  const auto violations = BrokenRules(credentials);
  if (!violations.empty()) co_return AsError(violations);
  co_return co_await store_.ReplaceCredentials(std::move(account), std::move(credentials), std::move(cause));
}

}  // namespace cdiscount::auth
