#pragma once

// The stores of auth as their tests use them: in memory, and on the database that EngineUnderTest says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/sql_account_store.hpp"
#include "adapters/sql_token_vault.hpp"
#include "cdiscount/events/v1/account_event.pb.h"
#include "core/testing/fake_clock.hpp"
#include "core/testing/run_task.hpp"
#include "crypto/sealed_box.hpp"
#include "fakes/in_memory_auth_store.hpp"
#include "migrations/auth.hpp"
#include "migrations/outbox.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::auth::fakes {

using cdiscount::fakes::FakeClock;
using cdiscount::fakes::RunTask;

inline constexpr int kQuota = 4;
inline const TokenLimits kLimits{.per_hour = kQuota};

/// A fact on the accounts topic, as far as it can differ: "id-1 v2 disabled g1".
inline std::string Show(const std::string& id, std::int64_t version, std::string_view state, std::int64_t generation) {
  return id + " v" + std::to_string(version) + " " + std::string(state) + " g" + std::to_string(generation);
}

/// Hands the result of a task on: for many tasks on one io_context.
template <class T, class Then>
Task<> AndThen(Task<T> task, Then then) {
  then(co_await std::move(task));
}

/// Everything of auth that keeps something, in memory.
class InMemory {
 public:
  AccountStore& accounts() { return store_; }
  TokenVault& vault() { return store_; }
  FakeClock& clock() { return clock_; }
  std::vector<std::string> Announced() {
    std::vector<std::string> shown;
    for (const auto& fields : store_.announced) {
      shown.push_back(Show(fields.id.value(), fields.version, ToString(Account{fields}.state()), fields.generation));
    }
    return shown;
  }

 private:
  FakeClock clock_;
  InMemoryAuthStore store_{clock_, kLimits};
};

/// The same on a database of the test's own, with a clock that the test sets.
class Sql {
 public:
  Sql() {
    store::Migrate(*database_, migrations::Outbox()).value();
    store::Migrate(*database_, migrations::Auth()).value();
  }
  ~Sql() {
    database_->Close();
    std::filesystem::remove_all(keys_);
  }
  Sql(const Sql&) = delete;
  Sql& operator=(const Sql&) = delete;

  AccountStore& accounts() { return accounts_; }
  TokenVault& vault() { return vault_; }
  FakeClock& clock() { return clock_; }
  store::Database& database() { return *database_; }
  const crypto::SealedBox& box() const { return box_; }
  int told() const { return told_; }

  std::vector<std::string> Announced() {
    std::vector<std::string> shown;
    for (const auto& row : Query("SELECT value FROM outbox_row ORDER BY id")) {
      events::v1::AccountEvent event;
      EXPECT_TRUE(event.ParseFromString(row.Bytes("value")));
      const auto state = event.state() == events::v1::ACCOUNT_STATE_ENABLED    ? AccountState::kEnabled
                         : event.state() == events::v1::ACCOUNT_STATE_DISABLED ? AccountState::kDisabled
                                                                               : AccountState::kNeedsNewCredentials;
      shown.push_back(Show(event.account_id(), event.version(), ToString(state), event.generation()));
    }
    return shown;
  }

  store::Rows Query(const std::string& sql) { return database_->NewSession()->Query(sql); }

  /// Every text of every table of auth.
  std::string Dump() {
    std::string all;
    for (const auto* columns : {"SELECT sealed_secret, sealed_token, refusal, pause_reason FROM client",
                                "SELECT name, refusal, client_id, seller_id FROM account",
                                "SELECT key, subject, event_id, type FROM outbox_row"}) {
      for (const auto& row : Query(columns)) {
        for (std::size_t i = 0; i < 4; ++i) all += row.MaybeText(i).value_or("") + "\n";
      }
    }
    for (const auto& row : Query("SELECT value FROM outbox_row")) all += row.Bytes("value") + "\n";
    return all;
  }

 private:
  static std::filesystem::path NewFolder() {
    auto name = (std::filesystem::temp_directory_path() / "cdiscount-auth-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the key file");
    return name;
  }
  static crypto::SealedBox NewBox(const std::filesystem::path& folder) {
    const auto file = (folder / "keys").string();
    crypto::CreateKeyFileIfMissing(file).value();
    return crypto::SealedBox::Load(file).value();
  }

  cdiscount::fakes::TestDatabase place_;
  std::unique_ptr<store::Database> database_ = store::Database::Open({.url = place_.url()}).value();
  std::filesystem::path keys_ = NewFolder();
  crypto::SealedBox box_ = NewBox(keys_);
  outbox::Outbox outbox_;
  FakeClock clock_;
  int told_ = 0;
  DatabaseTime time_ = [this](store::Transaction&) { return clock_.Now(); };
  SqlAccountStore accounts_{*database_, outbox_, box_, [this] { ++told_; }, time_};
  SqlTokenVault vault_{*database_, outbox_, box_, [this] { ++told_; }, kLimits, time_};
};

/// What the suites need of either.
template <class Engine>
class AuthStoresTest : public ::testing::Test {
 protected:
  AccountStore& accounts() { return engine_.accounts(); }
  TokenVault& vault() { return engine_.vault(); }

  Result<AccountView> Create(NewAccount account, const std::string& id) {
    return RunTask(accounts().Create(std::move(account), AccountId{id}, {}));
  }
  AccountView Find(const std::string& ref) { return RunTask(accounts().Find(AccountRef{ref})).value(); }
  Result<AccountView> Replace(const std::string& ref, const std::string& client, const std::string& secret) {
    return RunTask(accounts().ReplaceCredentials(AccountRef{ref}, {ClientId{client}, Secret{secret}}, {}));
  }
  Result<TokenAnswer> Take(const std::string& id, TokenWish wish = {}) {
    return RunTask(vault().Take(AccountId{id}, std::move(wish)));
  }
  TokenClaim Claim(const std::string& id, TokenWish wish = {}) {
    return std::get<TokenClaim>(Take(id, std::move(wish)).value());
  }
  AccessToken Token(const TokenClaim& claim, const std::string& name = "one",
                    std::chrono::seconds lifetime = std::chrono::minutes{120}) {
    return {Secret{"token-" + name},
            PlanLife({Secret{}, "print-" + name, lifetime}, claim.asked_at, 0.0, claim.replaces_rejected)};
  }
  Status Keep(const TokenClaim& claim, const std::string& name = "one",
              std::chrono::seconds lifetime = std::chrono::minutes{120}) {
    return RunTask(vault().Keep(claim, Token(claim, name, lifetime)));
  }
  /// "token-one", "claim", "pending" or the error's code.
  std::string Shown(const Result<TokenAnswer>& answer) {
    if (!answer) return std::string(ToString(answer.error().code));
    if (const auto* given = std::get_if<GivenToken>(&*answer)) return given->token.value.Reveal();
    return std::holds_alternative<TokenClaim>(*answer) ? "claim" : "pending";
  }

  Engine engine_;
};

using Engines = ::testing::Types<InMemory, Sql>;

}  // namespace cdiscount::auth::fakes
