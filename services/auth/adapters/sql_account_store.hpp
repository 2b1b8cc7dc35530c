#pragma once

#include "adapters/account_rows.hpp"
#include "app/ports.hpp"
#include "crypto/sealed_box.hpp"
#include "outbox/outbox.hpp"
#include "store/database.hpp"

namespace cdiscount::auth {

/// Accounts in SQLite or PostgreSQL; secrets only encrypted. Network thread; the work runs on the database's threads.
class SqlAccountStore final : public AccountStore {
 public:
  /// `announced` is called after each transaction that may have left events in the outbox. The others must outlive this
  /// object.
  SqlAccountStore(store::Database& database, const outbox::Outbox& outbox, const crypto::SealedBox& box,
                  std::function<void()> announced, DatabaseTime time = TimeOf)
      : database_(database), outbox_(outbox), box_(box), announced_(std::move(announced)), time_(std::move(time)) {}

  Task<Result<AccountView>> Create(NewAccount account, AccountId id, Cause cause) override;
  Task<Result<AccountView>> Find(AccountRef account) override;
  Task<Result<std::vector<AccountView>>> List(AccountsPage page) override;
  Task<Result<AccountView>> Enable(AccountRef account, Cause cause) override;
  Task<Result<AccountView>> Disable(AccountRef account, Cause cause) override;
  Task<Result<AccountView>> ReplaceCredentials(AccountRef account, Credentials credentials, Cause cause) override;

 private:
  class Work;
  using Change = Account (Account::*)(SysTime) const;
  Task<Result<AccountView>> ChangeOne(AccountRef account, Change change, Cause cause);

  store::Database& database_;
  const outbox::Outbox& outbox_;
  const crypto::SealedBox& box_;
  std::function<void()> announced_;
  DatabaseTime time_;
};

}  // namespace cdiscount::auth
