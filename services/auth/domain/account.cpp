#include "domain/account.hpp"

#include <fmt/format.h>

#include "core/time_text.hpp"

namespace cdiscount::auth {

std::string RefusalText(const ClientId& client, SysTime when, std::string_view answer) {
  const auto second = std::chrono::floor<std::chrono::seconds>(when);
  return fmt::format("The marketplace refused the credentials of client id \"{}\" on {}: {}", client.value(),
                     FormatIso8601(second), answer) +
         (answer.ends_with('.') ? "" : ".");
}

Result<Account> Account::Open(const NewAccount& account, AccountId id, SysTime now, std::string refusal) {
  const auto violations = BrokenRules(account);
  if (!violations.empty()) return AsError(violations);
  return Account{{.id = std::move(id),
                  .name = account.name,
                  .seller_id = account.seller_id,
                  .sales_channel_id = account.sales_channel_id.empty() ? ChannelId{std::string(kDefaultChannel)}
                                                                       : account.sales_channel_id,
                  .client_id = account.credentials.client_id,
                  .refusal = std::move(refusal),
                  .created_at = now,
                  .changed_at = now}};
}

AccountState Account::state() const {
  if (!fields_.enabled) return events::v1::ACCOUNT_STATE_DISABLED;
  return fields_.refusal.empty() ? events::v1::ACCOUNT_STATE_ENABLED : events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS;
}

std::string Account::Attention() const {
  if (!fields_.refusal.empty()) {
    return fmt::format("{} {}", fields_.refusal, kGiveNewCredentials);
  }
  if (!fields_.enabled) return "It is disabled: no call is made for it until it is enabled.";
  return {};
}

Status Account::MayCall() const {
  if (state() == events::v1::ACCOUNT_STATE_ENABLED) return Ok();
  return Error{.code = fields_.enabled ? ErrorCode::kUnauthenticated : ErrorCode::kConflict,
               .message = fmt::format("Account \"{}\": {}", fields_.name, Attention())};
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

Account Account::WithCredentials(const ClientId& client_id, SysTime now, std::string refusal) const {
  auto fields = fields_;
  fields.client_id = client_id;
  fields.refusal = std::move(refusal);
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
