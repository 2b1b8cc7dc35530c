#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cdiscount/events/v1/account_event.pb.h"
#include "core/clock.hpp"
#include "domain/account_rules.hpp"

namespace cdiscount::auth {

using events::v1::AccountState;

/// How a caller names an account: our id, or its name.
using AccountRef = StrongId<struct AccountRefTag>;

/// The text of an account's refusal: "The marketplace refused ... on 2026-10-06T15:30:00Z: <its answer>".
std::string RefusalText(const ClientId& client, SysTime when, std::string_view answer);

/// The remedy.
inline constexpr std::string_view kGiveNewCredentials =
    "Give the account new credentials; no call is made for it until then.";

/// The row of an account. Secrets stand in another table.
struct AccountFields {
  AccountId id;
  std::string name;
  SellerId seller_id;
  ChannelId sales_channel_id;
  ClientId client_id;
  bool enabled = true;          ///< The wish of a person.
  std::string refusal;          ///< Why the marketplace refused the credentials, in words; empty when it did not.
  std::int64_t version = 1;     ///< 1, 2, 3, ...: one more with each change.
  std::int64_t generation = 1;  ///< One more when the account gets other credentials: what was begun before is void.
  SysTime created_at;
  SysTime changed_at;

  friend bool operator==(const AccountFields&, const AccountFields&) = default;
};

/// A seller on a sales channel, for whom we may act. Immutable: a change gives a new value with the next version, or
/// the same value when there is nothing to change. Any thread may read it.
///
/// Enabled and refused are two facts, since a person sets the one and the marketplace the other: a disabled account
/// whose credentials were refused needs new ones as soon as it is enabled.
class Account {
 public:
  /// Fails with kInvalidArgument and names every field that breaks a rule. `refusal` is what other accounts of the same
  /// client id have met already.
  static Result<Account> Open(const NewAccount& account, AccountId id, SysTime now, std::string refusal = {});
  /// As the table has it.
  explicit Account(AccountFields fields) : fields_(std::move(fields)) {}

  const AccountFields& fields() const { return fields_; }
  const AccountId& id() const { return fields_.id; }
  const std::string& name() const { return fields_.name; }
  const SellerId& seller_id() const { return fields_.seller_id; }
  const ChannelId& sales_channel_id() const { return fields_.sales_channel_id; }
  const ClientId& client_id() const { return fields_.client_id; }
  std::int64_t version() const { return fields_.version; }
  AccountState state() const;

  /// Why no call is made for it and what to do about it, in words; empty when calls are made.
  std::string Attention() const;
  /// Whether calls are made for it: kConflict when it is disabled, kUnauthenticated when it needs new credentials.
  Status MayCall() const;

  Account Enabled(SysTime now) const;
  Account Disabled(SysTime now) const;
  /// New credentials, of the same client id or another one: the next generation. No longer refused, unless these were
  /// refused already for other accounts.
  Account WithCredentials(const ClientId& client_id, SysTime now, std::string refusal = {}) const;
  /// The marketplace refused the credentials. An account that is refused already keeps its first refusal.
  Account Refused(const std::string& reason, SysTime now) const;

  friend bool operator==(const Account&, const Account&) = default;

 private:
  Account Next(AccountFields fields, SysTime now) const;
  AccountFields fields_;
};

}  // namespace cdiscount::auth
