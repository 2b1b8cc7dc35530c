#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/account.hpp"
#include "store/session.hpp"

/// The table "account". A transaction that locks a client's row and account rows locks the client's first.
namespace cdiscount::auth::rows {

enum class Lock { kNo, kYes };

/// An account, and when the token ends that is held for its client id.
struct AccountView {
  Account account;
  std::optional<SysTime> token_expires_at;
};

/// A part of all accounts, in the order of their names; by itself all of them.
struct AccountsPage {
  std::string after = {};  ///< Begins behind this name.
  int limit = std::numeric_limits<int>::max();
};

/// By our id, else by its name. kNotFound when there is none.
Result<Account> FindAccount(store::Transaction& transaction, const AccountRef& ref, Lock lock = Lock::kNo);
/// The same, as people are shown it at `now`.
Result<AccountView> ViewAccount(store::Transaction& transaction, const AccountRef& ref, SysTime now);
std::vector<AccountView> ViewAccounts(store::Transaction& transaction, const AccountsPage& page, SysTime now);
/// All that use these credentials, locked.
std::vector<Account> AccountsOfClient(store::Transaction& transaction, const ClientId& client);
/// The name of an account that uses these credentials; empty when there is none.
std::string UserOfClient(store::Transaction& transaction, const ClientId& client);

/// Fails with kAlreadyExists, naming what is taken and by whom.
Status InsertAccount(store::Transaction& transaction, const Account& account);
/// The next version in place of `before`. Fails with kUnavailable when that is not the stored version any more.
Status UpdateAccount(store::Transaction& transaction, const Account& before, const Account& next);

}  // namespace cdiscount::auth::rows
