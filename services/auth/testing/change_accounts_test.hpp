#pragma once

// The fixture of the tests of changes of accounts.
#include <cstddef>
#include <string>
#include <vector>

#include "rows/accounts.hpp"
#include "testing/auth_test.hpp"

namespace cdiscount::auth::fakes {

class ChangeAccountsTest : public AuthTest {
 protected:
  std::vector<std::string> Names(const rows::AccountsPage& page = {}) {
    const auto views = InTransaction(
        [&](store::Transaction& transaction) { return rows::ViewAccounts(transaction, page, clock_.Now()); });
    std::vector<std::string> names;
    for (const auto& view : views.value()) names.push_back(view.account.name());
    return names;
  }
  /// Every text of every table.
  std::string Dump() {
    std::string all;
    for (const auto* columns : {"SELECT sealed_secret, sealed_token, refusal, pause_reason FROM client",
                                "SELECT name, refusal, client_id, seller_id FROM account",
                                "SELECT key, subject, event_id, type FROM outbox_row"}) {
      for (const auto& row : Query(columns)) {
        for (std::size_t i = 0; i < 4; ++i) all += row.MaybeText(i).value_or("") + " ";
      }
    }
    for (const auto& row : Query("SELECT value FROM outbox_row")) all += row.Bytes("value") + " ";
    return all;
  }
};

}  // namespace cdiscount::auth::fakes
