#include "domain/account.hpp"

#include <fmt/format.h>

namespace cdiscount::auth {

std::string_view ToString(AccountState state) {
  switch (state) {
    case AccountState::kEnabled:
      return "enabled";
    case AccountState::kDisabled:
      return "disabled";
    case AccountState::kNeedsNewCredentials:
      return "needs_new_credentials";
  }
  return "disabled";
}

Result<Account> Account::Open(const NewAccount& account, AccountId id, SysTime now) {
  const auto violations = BrokenRules(account);
  if (!violations.empty()) return AsError(violations);
  return Account{{.id = std::move(id),
                  .name = account.name,
                  .seller_id = account.seller_id,
                  .sales_channel_id = account.sales_channel_id.empty()
                                          ? SalesChannelId{std::string(kDefaultSalesChannel)}
                                          : account.sales_channel_id,
                  .client_id = account.credentials.client_id,
                  .created_at = now,
                  .changed_at = now}};
}

AccountState Account::state() const {
  if (!fields_.enabled) return AccountState::kDisabled;
  return fields_.refusal.empty() ? AccountState::kEnabled : AccountState::kNeedsNewCredentials;
}

std::string Account::Attention() const {
  if (!fields_.refusal.empty()) {
    return fmt::format("{} Give the account new credentials; no call is made for it until then.", fields_.refusal);
  }
  if (!fields_.enabled) return "It is disabled: no call is made for it until it is enabled.";
  return {};
}

Account Account::Next(AccountFields fields, SysTime now) const {
  fields.version = fields_.version + 1;
  fields.changed_at = now;
  return Account{std::move(fields)};
}

Account Account::Enabled(SysTime now) const {
  if (fields_.enabled) return *this;
  auto fields = fields_;
  fields.enabled = true;
  return Next(std::move(fields), now);
}

Account Account::Disabled(SysTime now) const {
  if (!fields_.enabled) return *this;
  auto fields = fields_;
  fields.enabled = false;
  return Next(std::move(fields), now);
}

Account Account::WithCredentials(const ClientId& client_id, SysTime now) const {
  auto fields = fields_;
  fields.client_id = client_id;
  fields.refusal.clear();
  fields.generation += 1;
  return Next(std::move(fields), now);
}

Account Account::Refused(const std::string& reason, SysTime now) const {
  if (!fields_.refusal.empty()) return *this;
  auto fields = fields_;
  fields.refusal = reason;
  return Next(std::move(fields), now);
}

}  // namespace cdiscount::auth
