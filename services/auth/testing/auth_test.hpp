#pragma once

// The fixture of the tests of auth: its use cases on a database of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <string>
#include <utility>
#include <vector>

#include "app/change_accounts.hpp"
#include "app/token_claims.hpp"
#include "cdiscount/events/v1/account_event.pb.h"
#include "core/testing/result_matchers.hpp"
#include "crypto/testing/key_file.hpp"
#include "domain/messages.hpp"
#include "migrations/auth.hpp"
#include "migrations/outbox.hpp"
#include "rows/accounts.hpp"
#include "store/testing/database_test.hpp"

namespace cdiscount::auth::fakes {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::Succeeds;

inline constexpr int kQuota = 4;
inline const TokenLimits kLimits{.per_hour = kQuota};

/// An account that keeps every rule; `n` makes it another one, with a client id of its own.
inline NewAccount ANewAccount(int n = 1) {
  const auto number = std::to_string(n);
  return {.name = "Boutique " + number,
          .seller_id = SellerId{"9897" + number},
          .sales_channel_id = {},
          .credentials = {ClientId{"boutique-client-" + number}, Secret{"s3cret-" + number}}};
}

/// The same seller number `n` with the credentials of account `of`.
inline NewAccount ANewAccountSharing(int n, int of) {
  auto account = ANewAccount(n);
  account.credentials = ANewAccount(of).credentials;
  return account;
}

/// The use cases of auth on a database.
class AuthTest : public cdiscount::fakes::DatabaseTest {
 protected:
  AuthTest() : DatabaseTest({migrations::Outbox(), migrations::Auth()}) {}

  /// Starts the task, and hands its result to `then` when it ends: for many tasks at once. See RunAll.
  template <class T, class Then>
  void Start(Task<T> task, Then then) {
    boost::asio::co_spawn(io_, HandOn(std::move(task), std::move(then)), boost::asio::detached);
  }
  /// Until every started task has ended; not beside a server, which never ends.
  void RunAll() {
    io_.restart();
    io_.run();
  }

  /// The account gets this id.
  Result<AccountView> Create(NewAccount account, const std::string& id) {
    next_id_ = id;
    return Run(change_.Create(std::move(account)));
  }
  Result<AccountView> Disable(const std::string& ref) { return Run(change_.Disable(AccountRef{ref})); }
  Result<AccountView> Enable(const std::string& ref) { return Run(change_.Enable(AccountRef{ref})); }
  Result<AccountView> Replace(const std::string& ref, const std::string& client, const std::string& secret) {
    return Run(change_.ReplaceCredentials(AccountRef{ref}, {ClientId{client}, Secret{secret}}));
  }
  Result<AccountView> View(const std::string& ref) {
    return InTransaction(
        [&](store::Transaction& transaction) { return rows::ViewAccount(transaction, AccountRef{ref}, clock_.Now()); });
  }
  AccountView Find(const std::string& ref) { return View(ref).value(); }
  AccountState StateOf(const std::string& ref) { return Find(ref).account.state(); }

  Result<TokenAnswer> Take(const std::string& id, const TokenWish& wish = {}) {
    return InTransaction(
        [&](store::Transaction& transaction) { return TakeToken(transaction, box_, kLimits, AccountId{id}, wish); });
  }
  TokenClaim Claim(const std::string& id) { return std::get<TokenClaim>(Take(id).value()); }
  AccessToken Token(const TokenClaim& claim, const std::string& name = "one",
                    std::chrono::seconds lifetime = std::chrono::minutes{120}) {
    return {Secret{"token-" + name}, PlanLife("print-" + name, lifetime, claim.asked_at, 0.0, claim.replaces_rejected)};
  }
  Status Keep(const TokenClaim& claim, const std::string& name = "one",
              std::chrono::seconds lifetime = std::chrono::minutes{120}) {
    return InTransaction([&](store::Transaction& transaction) {
      return KeepToken(transaction, box_, claim, Token(claim, name, lifetime));
    });
  }

  /// Every event in the outbox, as far as it can differ: "id-1 v2 disabled g1".
  std::vector<std::string> Announced() {
    std::vector<std::string> shown;
    for (const auto& row : Query("SELECT value FROM outbox_row ORDER BY id")) {
      events::v1::AccountEvent event;
      EXPECT_TRUE(event.ParseFromString(row.Bytes("value")));
      shown.push_back(event.account_id() + " v" + std::to_string(event.version()) + " " + LabelOf(event.state()) +
                      " g" + std::to_string(event.generation()));
    }
    return shown;
  }

  template <class T, class Then>
  static Task<> HandOn(Task<T> task, Then then) {
    then(co_await std::move(task));
  }

  cdiscount::fakes::KeyFile keys_;
  crypto::SealedBox box_ = crypto::SealedBox::Load(keys_.path()).value();
  std::string next_id_ = "id-1";
  ChangeAccounts change_{*database_, box_, [this] { return AccountId{next_id_}; }};
};

}  // namespace cdiscount::auth::fakes
