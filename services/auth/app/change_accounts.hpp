#pragma once

#include <functional>
#include <string>

#include "core/task.hpp"
#include "crypto/sealed_box.hpp"
#include "rows/accounts.hpp"
#include "store/database.hpp"

namespace cdiscount::auth {

using rows::AccountView;

/// Creates and changes accounts. Each call is one transaction, with the event of the change in it. `traceparent` (W3C
/// Trace Context; may be empty) tells which call made the change, and goes with its event. Network thread.
///
/// All fail with kUnavailable when the database is away, and with kNotFound when there is no such account.
class ChangeAccounts {
 public:
  /// `new_id` gives a UUID that was never given before. The others must outlive this object.
  ChangeAccounts(store::Database& database, const crypto::SealedBox& box, std::function<AccountId()> new_id)
      : database_(database), box_(box), new_id_(std::move(new_id)) {}

  /// Fails with kAlreadyExists when the name, or the seller on this channel, is taken; with kInvalidArgument when the
  /// account breaks a rule, or its client id is in use with another secret.
  Task<Result<AccountView>> Create(NewAccount asked, std::string traceparent = {});
  Task<Result<AccountView>> Enable(AccountRef account, std::string traceparent = {});
  Task<Result<AccountView>> Disable(AccountRef account, std::string traceparent = {});
  /// A new secret for the account's own client id holds for all accounts that share it; the token that was held is
  /// dropped. Fails with kInvalidArgument as Create does.
  Task<Result<AccountView>> ReplaceCredentials(AccountRef account, Credentials given, std::string traceparent = {});

 private:
  store::Database& database_;
  const crypto::SealedBox& box_;
  std::function<AccountId()> new_id_;
};

}  // namespace cdiscount::auth
