#include "app/count_accounts.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

#include "rows/accounts.hpp"

namespace cdiscount::auth {
namespace {

void Count(store::Transaction& transaction, Metrics& metrics) {
  const auto now = transaction.Now();
  std::map<AccountState, int> counts;
  std::optional<SysTime> first_end;
  for (const auto& [account, token_expires_at] : rows::ViewAccounts(transaction, {}, now)) {
    ++counts[account.state()];
    if (token_expires_at) first_end = std::min(first_end.value_or(*token_expires_at), *token_expires_at);
  }
  for (const auto state : {events::v1::ACCOUNT_STATE_ENABLED, events::v1::ACCOUNT_STATE_DISABLED,
                           events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS}) {
    metrics.accounts[state].Set(counts[state]);
  }
  metrics.token_expiry.Set(first_end ? std::chrono::duration<double>(first_end->time_since_epoch()).count() : 0);
}

}  // namespace

Task<Status> CountAccounts(store::Database& database, Metrics& metrics) {
  co_return co_await database.Read([&](store::Transaction& transaction) { Count(transaction, metrics); });
}

}  // namespace cdiscount::auth
