#pragma once

#include <functional>
#include <vector>

#include "app/ports.hpp"

namespace cdiscount::auth {

/// What people do with accounts. On the network thread.
class ManageAccounts {
 public:
  /// `new_id` gives a UUID that was never given before. `store` must outlive this object.
  ManageAccounts(AccountStore& store, std::function<AccountId()> new_id) : store_(store), new_id_(std::move(new_id)) {}

  /// Errors: as AccountStore. The rules are checked before the database is asked.
  Task<Result<AccountView>> Create(NewAccount account, Cause cause = {});
  Task<Result<AccountView>> Get(AccountRef account);
  Task<Result<std::vector<AccountView>>> List(AccountsPage page = {});
  Task<Result<AccountView>> Enable(AccountRef account, Cause cause = {});
  Task<Result<AccountView>> Disable(AccountRef account, Cause cause = {});
  Task<Result<AccountView>> ReplaceCredentials(AccountRef account, Credentials credentials, Cause cause = {});

 private:
  AccountStore& store_;
  std::function<AccountId()> new_id_;
};

}  // namespace cdiscount::auth
