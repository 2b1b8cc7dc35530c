#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "app/ports.hpp"
#include "outbox/outbox.hpp"
#include "store/session.hpp"

namespace cdiscount::auth {

/// The time of a transaction: the database's, in production.
using DatabaseTime = std::function<SysTime(store::Transaction&)>;
inline SysTime TimeOf(store::Transaction& transaction) {
  return transaction.Now();
}

enum class Lock { kNo, kYes };

/// The table "account", for one transaction. Who locks a client's row and account rows locks the client's first.
class AccountRows {
 public:
  AccountRows(store::Transaction& transaction, const outbox::Outbox& outbox)
      : transaction_(transaction), outbox_(outbox) {}

  /// By our id, else by its name. kNotFound when there is none.
  Result<Account> Find(const AccountRef& ref, Lock lock = Lock::kNo);
  /// By name.
  std::vector<Account> Page(const AccountsPage& page);
  /// All that use these credentials, locked.
  std::vector<Account> OfClient(const ClientId& client);
  /// The name of an account that uses these credentials.
  std::optional<std::string> AUserOf(const ClientId& client);

  /// Fails with kAlreadyExists, naming what is taken and by whom.
  Status Insert(const Account& account, const Cause& cause);
  /// Keeps and announces the next version; nothing when it is the same one.
  Status Update(const Account& before, const Account& next, const Cause& cause);

 private:
  Error Taken(const Account& account);

  store::Transaction& transaction_;
  const outbox::Outbox& outbox_;
};

}  // namespace cdiscount::auth
