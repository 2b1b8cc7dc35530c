#include "show_accounts.hpp"

#include <fmt/format.h>

#include "core/unicode.hpp"
#include "table.hpp"
#include "words.hpp"

namespace cdiscount::cli {
namespace {

using auth::v1::Account;
using auth::v1::ConnectionOutcome;

std::string StateWord(const Account& account) {
  switch (account.state()) {
    case events::v1::ACCOUNT_STATE_ENABLED:
      return "enabled";
    case events::v1::ACCOUNT_STATE_DISABLED:
      return "disabled";
    case events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS:
      return "needs new credentials";
    default:
      return fmt::format("state {}", static_cast<int>(account.state()));  // of a newer contract
  }
}

std::string OutcomeWords(ConnectionOutcome outcome) {
  switch (outcome) {
    case auth::v1::CONNECTION_OUTCOME_CONNECTED:
      return "connected";
    case auth::v1::CONNECTION_OUTCOME_UNREACHABLE:
      return "the marketplace cannot be reached";
    case auth::v1::CONNECTION_OUTCOME_WRONG_SECRET:
      return "wrong client id or secret";
    case auth::v1::CONNECTION_OUTCOME_NOT_LINKED:
      return "the client id is not linked to this seller";
    case auth::v1::CONNECTION_OUTCOME_UNKNOWN_SELLER:
      return "unknown seller";
    case auth::v1::CONNECTION_OUTCOME_QUOTA_SPENT:
      return "the call quota is used up";
    case auth::v1::CONNECTION_OUTCOME_SELLER_NOT_ACTIVE:
      return "the seller is not active";
    default:
      return fmt::format("outcome {}", static_cast<int>(outcome));  // of a newer contract
  }
}

}  // namespace

std::string ShowAccounts(const auth::v1::ListAccountsResponse& response, std::size_t width) {
  if (response.accounts().empty()) {
    return "No accounts yet. Connect a seller with: cdiscountctl account add --name NAME --seller ID --client-id ID\n";
  }
  Table table({"NAME", "SELLER", "CHANNEL", "STATE", "TOKEN UNTIL", "ACCOUNT ID"});
  std::string attention;
  for (const auto& account : response.accounts()) {
    table.Add({account.name(), account.seller_id(), account.sales_channel_id(), StateWord(account),
               TimeWord(account.token_expires_at()), account.account_id()});
    if (!account.attention().empty())
      attention += fmt::format("\n{}: {}", EscapeInvisible(account.name()), EscapeInvisible(account.attention()));
  }
  return table.Render(width) + (attention.empty() ? "" : attention + "\n");
}

std::string ShowChange(const Account& account, const std::string& what) {
  return EscapeInvisible(fmt::format("Account {} {} (seller {}, {}, {}; id {}).", account.name(), what,
                                     account.seller_id(), account.sales_channel_id(), StateWord(account),
                                     account.account_id())) +
         "\n";
}

std::string ShowVerdict(const std::string& account, const auth::v1::VerifyConnectionResponse& response) {
  std::string text;
  const auto add = [&](const std::string& line) { text += EscapeInvisible(line) + "\n"; };
  add(fmt::format("{}: {}", account, OutcomeWords(response.outcome())));
  if (!response.explanation().empty()) add("  " + response.explanation());
  if (response.retry_after_seconds() > 0) add(fmt::format("  Try again in {} s.", response.retry_after_seconds()));
  if (!response.shop_name().empty()) add("  Shop          " + response.shop_name());
  if (!response.seller_state().empty()) add("  Seller state  " + response.seller_state());
  if (response.outcome() == auth::v1::CONNECTION_OUTCOME_CONNECTED) {
    add(std::string("  Auto-accept   ") +
        (response.auto_accept_orders() ? "on" : "off: new orders wait for acceptance"));
  }
  return text;
}

std::string ShowSync(const orders::v1::ListSyncStatusResponse& response, SysTime now, std::size_t width) {
  if (response.accounts().empty())
    return "No account is polled yet. cdiscountctl account list shows what is connected.\n";
  Table table({"ACCOUNT", "SELLER", "POLLING", "READ UP TO", "LAST POLL", "LAST GOOD", "NEXT", "ORDERS", "UNREADABLE"});
  std::string errors;
  for (const auto& account : response.accounts()) {
    const auto& name = account.account_name().empty() ? account.account_id() : account.account_name();
    table.Add({name, account.seller_id(), account.active() ? "on" : "off", TimeWord(account.cursor()),
               AgeWord(account.last_poll_at(), now), AgeWord(account.last_success_at(), now),
               account.active() ? AgeWord(account.next_poll_at(), now) : "-", std::to_string(account.known_orders()),
               std::to_string(account.unreadable_orders())});
    if (!account.last_error().empty()) {
      errors += "\n" + EscapeInvisible(fmt::format("{}: {} ({} in a row, since {})", name, account.last_error(),
                                                   account.failures_in_a_row(), TimeWord(account.failing_since())));
    }
    if (account.unreadable_orders() > 0) {
      errors +=
          "\n" + EscapeInvisible(fmt::format(
                     "{}: {} set aside; cdiscountctl orders unreadable list shows which and why", name,
                     account.unreadable_orders() == 1 ? "1 order is"
                                                      : fmt::format("{} orders are", account.unreadable_orders())));
    }
  }
  return table.Render(width) + (errors.empty() ? "" : errors + "\n");
}

}  // namespace cdiscount::cli
