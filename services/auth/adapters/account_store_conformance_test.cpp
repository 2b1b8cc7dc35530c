// What every store of accounts and tokens does: SQLite and the in-memory fake as unit tests, PostgreSQL as an
// integration test (with POSTGRES_URL in the environment).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <set>

#include "adapters/account_events.hpp"
#include "adapters/sql_account_store.hpp"
#include "adapters/sql_token_vault.hpp"
#include "cdiscount/events/v1/account_event.pb.h"
#include "core/testing/fake_clock.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "crypto/encoding.hpp"
#include "fakes/an_account.hpp"
#include "fakes/in_memory_auth_store.hpp"
#include "migrations/auth.hpp"
#include "migrations/outbox.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::auth {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::FakeClock;
using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using fakes::ANewAccount;
using fakes::ANewAccountSharing;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr int kQuota = 4;
const TokenLimits kLimits{.per_hour = kQuota};

/// A fact on the accounts topic, as far as it can differ: "id-1 v2 disabled g1".
std::string Show(const std::string& id, std::int64_t version, std::string_view state, std::int64_t generation) {
  return id + " v" + std::to_string(version) + " " + std::string(state) + " g" + std::to_string(generation);
}

/// Hands the result of a task on: for many tasks on one io_context.
template <class T, class Then>
Task<> AndThen(Task<T> task, Then then) {
  then(co_await std::move(task));
}

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
  fakes::InMemoryAuthStore store_{clock_, kLimits};
};

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
      EXPECT_TRUE(event.ParseFromString(crypto::Base64Decode(row.Text(0)).value_or("?")));
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
                                "SELECT key, subject, event_id, value FROM outbox_row"}) {
      for (const auto& row : Query(columns)) {
        for (std::size_t i = 0; i < 4; ++i) all += row.MaybeText(i).value_or("") + "\n";
      }
    }
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

template <class Engine>
class AccountStoreConformance : public ::testing::Test {
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
  AccessToken Token(const TokenClaim& claim, const std::string& name = "one", seconds lifetime = minutes{120}) {
    return {Secret{"token-" + name},
            PlanLife({Secret{}, "print-" + name, lifetime}, claim.asked_at, 0.0, claim.replaces_rejected)};
  }
  Status Keep(const TokenClaim& claim, const std::string& name = "one", seconds lifetime = minutes{120}) {
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
TYPED_TEST_SUITE(AccountStoreConformance, Engines);

TYPED_TEST(AccountStoreConformance, KeepsAndAnnouncesANewAccount) {
  const auto created = this->Create(ANewAccount(), "id-1");

  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(created->token_expires_at, std::nullopt);
  EXPECT_EQ(this->Find("id-1").account, created->account);
  EXPECT_EQ(this->Find("Boutique 1").account, created->account);
  EXPECT_EQ(created->account.fields().created_at, this->engine_.clock().Now());
  EXPECT_THAT(this->engine_.Announced(), ElementsAre("id-1 v1 enabled g1"));
}

TYPED_TEST(AccountStoreConformance, FindsByIdBeforeByName) {
  auto named_like_an_id = ANewAccount(2);
  named_like_an_id.name = "id-1";
  ASSERT_THAT(this->Create(named_like_an_id, "id-2"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());

  EXPECT_EQ(this->Find("id-1").account.name(), "Boutique 1");
}

TYPED_TEST(AccountStoreConformance, KnowsWhatIsNotThere) {
  EXPECT_THAT(RunTask(this->accounts().Find(AccountRef{"x"})), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(RunTask(this->accounts().Enable(AccountRef{"x"}, {})), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(RunTask(this->accounts().Disable(AccountRef{"x"}, {})), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(this->Replace("x", "boutique-client-1", "s"), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(this->Take("x"), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(RunTask(this->accounts().List()).value(), IsEmpty());
}

TYPED_TEST(AccountStoreConformance, RefusesATakenNameAndATakenSeller) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  auto same_name = ANewAccount(2);
  same_name.name = "Boutique 1";
  auto same_seller = ANewAccount(3);
  same_seller.seller_id = SellerId{"98971"};
  auto same_seller_elsewhere = same_seller;
  same_seller_elsewhere.sales_channel_id = SalesChannelId{"CDISIT"};

  EXPECT_THAT(this->Create(same_name, "id-2"), FailsWith(ErrorCode::kAlreadyExists));
  const auto taken = this->Create(same_seller, "id-3");
  ASSERT_THAT(taken, FailsWith(ErrorCode::kAlreadyExists));
  EXPECT_THAT(taken.error().message, HasSubstr("\"Boutique 1\""));
  EXPECT_THAT(this->Create(same_seller_elsewhere, "id-4"), Succeeds());
  EXPECT_THAT(this->engine_.Announced(), SizeIs(2));
}

TYPED_TEST(AccountStoreConformance, ListsByName) {
  ASSERT_THAT(this->Create(ANewAccount(2), "id-a"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccount(1), "id-b"), Succeeds());

  const auto all = RunTask(this->accounts().List()).value();

  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].account.name(), "Boutique 1");
  EXPECT_EQ(all[1].account.name(), "Boutique 2");
}

TYPED_TEST(AccountStoreConformance, AnnouncesEachChangeOnceAndNoChangeNever) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  const AccountRef account{"id-1"};

  for (int twice = 0; twice < 2; ++twice) ASSERT_THAT(RunTask(this->accounts().Disable(account, {})), Succeeds());
  for (int twice = 0; twice < 2; ++twice) ASSERT_THAT(RunTask(this->accounts().Enable(account, {})), Succeeds());

  EXPECT_THAT(this->engine_.Announced(),
              ElementsAre("id-1 v1 enabled g1", "id-1 v2 disabled g1", "id-1 v3 enabled g1"));
}

TYPED_TEST(AccountStoreConformance, AnAccountMayJoinAClientIdOnlyWithItsSecret) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  auto other_secret = ANewAccountSharing(2, 1);
  other_secret.credentials.client_secret = Secret{"typed wrong"};

  const auto wrong = this->Create(other_secret, "id-2");

  ASSERT_THAT(wrong, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(wrong.error().field, "octopia.client_secret");
  EXPECT_THAT(wrong.error().message, HasSubstr("Boutique 1"));
  EXPECT_THAT(this->Create(ANewAccountSharing(3, 1), "id-3"), Succeeds());
}

TYPED_TEST(AccountStoreConformance, ANewSecretHoldsForAllAccountsOfTheClientIdAndDropsTheToken) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());
  ASSERT_THAT(this->Keep(this->Claim("id-1")), Succeeds());

  const auto replaced = this->Replace("id-1", "boutique-client-1", "new");

  ASSERT_THAT(replaced, Succeeds());
  EXPECT_EQ(replaced->account.version(), 2);
  EXPECT_EQ(replaced->token_expires_at, std::nullopt);
  EXPECT_THAT(this->engine_.Announced(), UnorderedElementsAre("id-1 v1 enabled g1", "id-2 v1 enabled g1",
                                                              "id-1 v2 enabled g2", "id-2 v2 enabled g2"));
  EXPECT_EQ(this->Claim("id-2").credentials.client_secret, Secret{"new"});
}

TYPED_TEST(AccountStoreConformance, AnAccountMovesToAnotherClientIdAlone) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());

  ASSERT_THAT(this->Replace("id-2", "boutique-client-9", "s3cret-9"), Succeeds());

  EXPECT_EQ(this->Find("id-2").account.client_id(), ClientId{"boutique-client-9"});
  EXPECT_EQ(this->Find("id-1").account.version(), 1);
  EXPECT_EQ(this->Claim("id-1").credentials, ANewAccount(1).credentials);
  EXPECT_EQ(this->Claim("id-2").credentials.client_secret, Secret{"s3cret-9"});
}

TYPED_TEST(AccountStoreConformance, TheSecretOfAClientIdThatNobodyUsesIsForgotten) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Replace("id-1", "boutique-client-9", "s3cret-9"), Succeeds());

  // Would be refused if the old secret were still kept.
  EXPECT_THAT(this->Replace("id-1", "boutique-client-1", "another"), Succeeds());
}

TYPED_TEST(AccountStoreConformance, DoesNotMoveToAClientIdOfOthersWithAnotherSecret) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccount(2), "id-2"), Succeeds());

  EXPECT_THAT(this->Replace("id-2", "boutique-client-1", "wrong"), FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(this->Find("id-2").account.client_id(), ClientId{"boutique-client-2"});
  EXPECT_THAT(this->Replace("id-2", "boutique-client-1", "s3cret-1"), Succeeds());
  EXPECT_EQ(this->Find("id-2").account.client_id(), ClientId{"boutique-client-1"});
}

TYPED_TEST(AccountStoreConformance, GivesOneClaimAndThenTheTokenToAllAccountsOfTheClientId) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());

  const auto claim = this->Claim("id-1");
  EXPECT_EQ(this->Shown(this->Take("id-1")), "pending");
  EXPECT_EQ(this->Shown(this->Take("id-2")), "pending");
  ASSERT_THAT(this->Keep(claim), Succeeds());
  const auto given = std::get<GivenToken>(this->Take("id-2").value());

  EXPECT_EQ(claim.credentials, ANewAccount(1).credentials);
  EXPECT_EQ(claim.seller_id, SellerId{"98971"});
  EXPECT_EQ(given.token, this->Token(claim));
  EXPECT_EQ(given.seller_id, SellerId{"98972"});
  EXPECT_EQ(given.sales_channel_id, SalesChannelId{"CDISFR"});
  EXPECT_EQ(this->Find("id-1").token_expires_at, this->engine_.clock().Now() + minutes{120});
  this->engine_.clock().Advance(minutes{120});
  EXPECT_EQ(this->Find("id-1").token_expires_at, std::nullopt);
}

TYPED_TEST(AccountStoreConformance, ADueTokenIsServedWhileItIsRenewed) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(this->Keep(this->Claim("id-1")), Succeeds());
  this->engine_.clock().Advance(minutes{116});

  const auto renewal = this->Claim("id-1");

  EXPECT_EQ(this->Shown(this->Take("id-1")), "token-one");
  ASSERT_THAT(this->Keep(renewal, "two"), Succeeds());
  EXPECT_EQ(this->Shown(this->Take("id-1")), "token-two");
}

TYPED_TEST(AccountStoreConformance, AClaimThatTookTooLongIsVoid) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  const auto slow = this->Claim("id-1");
  this->engine_.clock().Advance(kLimits.lease());
  const auto second = this->Claim("id-1");

  EXPECT_THAT(this->Keep(slow, "slow"), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(RunTask(this->vault().Pause(slow, {.message = "x"})), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(RunTask(this->vault().Refuse(slow, "x", {})), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(this->Keep(second, "second"), Succeeds());
  EXPECT_EQ(this->Shown(this->Take("id-1")), "token-second");
  EXPECT_THAT(this->engine_.Announced(), SizeIs(1));
}

TYPED_TEST(AccountStoreConformance, AnAnswerForReplacedCredentialsIsVoid) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  const auto old = this->Claim("id-1");
  ASSERT_THAT(this->Replace("id-1", "boutique-client-1", "new"), Succeeds());

  EXPECT_THAT(RunTask(this->vault().Refuse(old, "refused", {})), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(this->Keep(old), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(this->Find("id-1").account.state(), AccountState::kEnabled);
  EXPECT_EQ(this->Shown(this->Take("id-1")), "claim");
}

TYPED_TEST(AccountStoreConformance, AFailureStopsRequestsForAWhileThatGrows) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  const Error failure{.code = ErrorCode::kDeadlineExceeded, .message = "too slow"};
  ASSERT_THAT(RunTask(this->vault().Pause(this->Claim("id-1"), failure)), Succeeds());

  const auto paused = this->Take("id-1");
  this->engine_.clock().Advance(seconds{1});
  ASSERT_THAT(RunTask(this->vault().Pause(this->Claim("id-1"), failure)), Succeeds());
  const auto paused_longer = this->Take("id-1");

  ASSERT_THAT(paused, FailsWith(ErrorCode::kDeadlineExceeded));
  EXPECT_EQ(paused.error().message, "too slow");
  EXPECT_EQ(paused.error().retry_after, seconds{1});
  EXPECT_EQ(paused_longer.error().retry_after, seconds{2});
}

TYPED_TEST(AccountStoreConformance, ATokenEndsAPause) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  const Error failure{.code = ErrorCode::kThrottled, .message = "slow down", .retry_after = seconds{10}};
  ASSERT_THAT(RunTask(this->vault().Pause(this->Claim("id-1"), failure)), Succeeds());
  EXPECT_THAT(this->Take("id-1"), FailsWith(ErrorCode::kThrottled));
  this->engine_.clock().Advance(seconds{10});
  ASSERT_THAT(this->Keep(this->Claim("id-1"), "one", seconds{0}), Succeeds());

  const auto again = this->Claim("id-1");
  ASSERT_THAT(RunTask(this->vault().Pause(again, {.code = ErrorCode::kUnavailable, .message = "x"})), Succeeds());

  EXPECT_EQ(this->Take("id-1").error().retry_after, seconds{1});
}

TYPED_TEST(AccountStoreConformance, CountsRequestsAgainstTheQuotaOfTheClientId) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccount(3), "id-3"), Succeeds());
  for (int i = 0; i < kQuota; ++i) {
    ASSERT_THAT(this->Keep(this->Claim(i % 2 == 0 ? "id-1" : "id-2"), "short", seconds{60}), Succeeds());
    this->engine_.clock().Advance(minutes{1});
  }

  const auto spent = this->Take("id-2");
  const auto other_client = this->Take("id-3");
  this->engine_.clock().Advance(kLimits.window() - minutes{kQuota});
  const auto later = this->Take("id-1");

  ASSERT_THAT(spent, FailsWith(ErrorCode::kThrottled));
  EXPECT_EQ(spent.error().retry_after, kLimits.window() - minutes{kQuota});
  EXPECT_EQ(this->Shown(other_client), "claim");
  EXPECT_EQ(this->Shown(later), "claim");
}

TYPED_TEST(AccountStoreConformance, ARefusalMarksEveryAccountOfTheClientId) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccount(3), "id-3"), Succeeds());
  ASSERT_THAT(RunTask(this->accounts().Disable(AccountRef{"id-2"}, {})), Succeeds());

  ASSERT_THAT(RunTask(this->vault().Refuse(this->Claim("id-1"), "Wrong secret.", {})), Succeeds());

  EXPECT_THAT(this->engine_.Announced(),
              UnorderedElementsAre("id-1 v1 enabled g1", "id-2 v1 enabled g1", "id-3 v1 enabled g1",
                                   "id-2 v2 disabled g1", "id-1 v2 needs_new_credentials g1", "id-2 v3 disabled g1"));
  const auto refused = this->Take("id-1");
  ASSERT_THAT(refused, FailsWith(ErrorCode::kUnauthenticated));
  EXPECT_THAT(refused.error().message, HasSubstr("Wrong secret."));
  EXPECT_EQ(this->Shown(this->Take("id-3")), "claim");
}

TYPED_TEST(AccountStoreConformance, AnAccountThatJoinsRefusedCredentialsIsRefusedFromTheStart) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(RunTask(this->vault().Refuse(this->Claim("id-1"), "Wrong secret.", {})), Succeeds());

  const auto joined = this->Create(ANewAccountSharing(2, 1), "id-2");

  EXPECT_EQ(joined.value().account.state(), AccountState::kNeedsNewCredentials);
  EXPECT_THAT(this->Take("id-2"), FailsWith(ErrorCode::kUnauthenticated));
}

TYPED_TEST(AccountStoreConformance, NewCredentialsEndARefusalForAllAccounts) {
  ASSERT_THAT(this->Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(this->Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());
  ASSERT_THAT(RunTask(this->vault().Refuse(this->Claim("id-1"), "Wrong secret.", {})), Succeeds());

  ASSERT_THAT(this->Replace("id-2", "boutique-client-1", "right"), Succeeds());

  EXPECT_EQ(this->Find("id-1").account.state(), AccountState::kEnabled);
  EXPECT_EQ(this->Find("id-2").account.state(), AccountState::kEnabled);
  EXPECT_EQ(this->Shown(this->Take("id-1")), "claim");
}

TYPED_TEST(AccountStoreConformance, ADisabledAccountTakesNothing) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(this->Keep(this->Claim("id-1")), Succeeds());
  ASSERT_THAT(RunTask(this->accounts().Disable(AccountRef{"id-1"}, {})), Succeeds());

  EXPECT_THAT(this->Take("id-1"), FailsWith(ErrorCode::kConflict));
  ASSERT_THAT(RunTask(this->accounts().Enable(AccountRef{"id-1"}, {})), Succeeds());
  EXPECT_EQ(this->Shown(this->Take("id-1")), "token-one");
}

TYPED_TEST(AccountStoreConformance, OfManyConcurrentTakersOneGetsTheClaim) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  boost::asio::io_context io{1};
  std::map<std::string, int> got;
  for (int i = 0; i < 20; ++i) {
    boost::asio::co_spawn(io, this->vault().Take(AccountId{"id-1"}, {}),
                          [&](std::exception_ptr, const Result<TokenAnswer>& answer) { ++got[this->Shown(answer)]; });
  }
  io.run();

  EXPECT_EQ(got["claim"], 1);
  EXPECT_EQ(got["pending"], 19);
}

TYPED_TEST(AccountStoreConformance, OfManyConcurrentCreatorsOfOneSellerOneSucceeds) {
  boost::asio::io_context io{1};
  std::multiset<std::string> got;
  for (int i = 0; i < 10; ++i) {
    auto create = this->accounts().Create(ANewAccount(), AccountId{"id-" + std::to_string(i)}, {});
    const auto count = [&](const Result<AccountView>& created) {
      got.insert(created ? "created" : std::string(ToString(created.error().code)));
    };
    boost::asio::co_spawn(io, AndThen(std::move(create), count), boost::asio::detached);
  }
  io.run();

  EXPECT_EQ(got.count("created"), 1U);
  // Who met the other's client id in the making is told to try again, all others what is taken.
  EXPECT_EQ(got.count("already_exists") + got.count("unavailable"), 9U);
  EXPECT_THAT(this->engine_.Announced(), SizeIs(1));
}

TYPED_TEST(AccountStoreConformance, ConcurrentChangesOfOneAccountKeepTheirVersionsApart) {
  ASSERT_THAT(this->Create(ANewAccount(), "id-1"), Succeeds());
  boost::asio::io_context io{1};
  const auto start = [&](Task<Result<AccountView>> change) {
    const auto check = [](const Result<AccountView>& changed) { EXPECT_THAT(changed, Succeeds()); };
    boost::asio::co_spawn(io, AndThen(std::move(change), check), boost::asio::detached);
  };
  const AccountRef account{"id-1"};
  const Credentials next{ClientId{"boutique-client-1"}, Secret{"n"}};
  for (int i = 0; i < 5; ++i) {
    start(this->accounts().Disable(account, {}));
    start(this->accounts().Enable(account, {}));
    start(this->accounts().ReplaceCredentials(account, next, {}));
  }
  io.run();

  const auto announced = this->engine_.Announced();
  EXPECT_THAT(std::set(announced.begin(), announced.end()), SizeIs(announced.size()));
  EXPECT_EQ(static_cast<std::size_t>(this->Find("id-1").account.version()), announced.size());
  EXPECT_EQ(this->Find("id-1").account.fields().generation, 6);
}

// What only a database can get wrong.
class SqlAccountStoreTest : public AccountStoreConformance<Sql> {};

TEST_F(SqlAccountStoreTest, KeepsSecretsAndTokensOnlyEncrypted) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(Keep(Claim("id-1")), Succeeds());

  const auto dump = engine_.Dump();

  EXPECT_THAT(dump, HasSubstr("boutique-client-1"));
  EXPECT_THAT(dump, Not(HasSubstr("s3cret-1")));
  EXPECT_THAT(dump, Not(HasSubstr("token-one")));
  EXPECT_THAT(dump, Not(HasSubstr(crypto::Base64Encode("s3cret-1").substr(0, 8))));
}

TEST_F(SqlAccountStoreTest, ASecretMovedToAnotherRowDoesNotOpen) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(Create(ANewAccount(2), "id-2"), Succeeds());
  engine_.database().NewSession()->Execute(
      "UPDATE client SET sealed_secret = (SELECT sealed_secret FROM client WHERE client_id = :from) WHERE client_id = "
      ":to",
      {"boutique-client-1", "boutique-client-2"});

  const auto answer = Take("id-2");

  ASSERT_THAT(answer, FailsWith(ErrorCode::kInternal));
  EXPECT_THAT(answer.error().message, AllOf(HasSubstr("boutique-client-2"), HasSubstr("key file")));
}

TEST_F(SqlAccountStoreTest, NewCredentialsAreTheWayOutOfASecretThatDoesNotOpen) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  engine_.database().NewSession()->Execute("UPDATE client SET sealed_secret = 'broken'");

  ASSERT_THAT(Replace("id-1", "boutique-client-1", "new"), Succeeds());

  EXPECT_EQ(Claim("id-1").credentials.client_secret, Secret{"new"});
}

TEST_F(SqlAccountStoreTest, ATokenThatDoesNotOpenIsAsGoodAsNone) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(Keep(Claim("id-1")), Succeeds());
  engine_.database().NewSession()->Execute("UPDATE client SET sealed_token = 'broken'");

  EXPECT_EQ(Shown(Take("id-1")), "claim");
}

TEST_F(SqlAccountStoreTest, TheEventGoesWithTheTraceOfItsCause) {
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  RunTask(engine_.accounts().Create(ANewAccount(), AccountId{"id-1"}, {trace})).value();

  EXPECT_EQ(engine_.Query("SELECT traceparent FROM outbox_row").at(0).Text(0), trace);
}

TEST_F(SqlAccountStoreTest, TheRelayIsToldOfEachChange) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  EXPECT_EQ(engine_.told(), 1);
  ASSERT_THAT(RunTask(engine_.accounts().Disable(AccountRef{"id-1"}, {})), Succeeds());
  EXPECT_EQ(engine_.told(), 2);
  ASSERT_THAT(RunTask(engine_.accounts().Enable(AccountRef{"id-1"}, {})), Succeeds());
  ASSERT_THAT(RunTask(engine_.vault().Refuse(Claim("id-1"), "Wrong secret.", {})), Succeeds());
  EXPECT_EQ(engine_.told(), 4);
  ASSERT_THAT(Replace("id-1", "boutique-client-1", "new"), Succeeds());
  EXPECT_EQ(engine_.told(), 5);
}

TEST_F(SqlAccountStoreTest, AnotherReplicaHasTheSameTokenAndTheSameClaims) {
  outbox::Outbox outbox;
  SqlTokenVault other{engine_.database(),
                      outbox,
                      engine_.box(),
                      [] {},
                      kLimits,
                      [this](store::Transaction&) { return engine_.clock().Now(); }};
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());

  const auto claim = Claim("id-1");
  EXPECT_EQ(Shown(RunTask(other.Take(AccountId{"id-1"}, {}))), "pending");
  ASSERT_THAT(Keep(claim), Succeeds());

  EXPECT_EQ(Shown(RunTask(other.Take(AccountId{"id-1"}, {}))), "token-one");
}

}  // namespace
}  // namespace cdiscount::auth
