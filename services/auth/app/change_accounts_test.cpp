// On SQLite as unit tests, on PostgreSQL as an integration test.
#include "app/change_accounts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "crypto/encoding.hpp"
#include "testing/change_accounts_test.hpp"

namespace cdiscount::auth {
namespace {

using fakes::ANewAccount;
using fakes::ANewAccountSharing;
using fakes::ChangeAccountsTest;
using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(ChangeAccountsTest, KeepsAndAnnouncesANewAccount) {
  const auto created = Create(ANewAccount(), "id-1");

  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(created->token_expires_at, std::nullopt);
  EXPECT_EQ(Find("id-1").account, created->account);
  EXPECT_EQ(Find("Boutique 1").account, created->account);
  EXPECT_EQ(created->account.fields().created_at, clock_.Now());
  EXPECT_THAT(Announced(), ElementsAre("id-1 v1 enabled g1"));
}

TEST_F(ChangeAccountsTest, FindsByIdBeforeByName) {
  auto named_like_an_id = ANewAccount(2);
  named_like_an_id.name = "id-1";
  ASSERT_THAT(Create(named_like_an_id, "id-2"), Succeeds());
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());

  EXPECT_EQ(Find("id-1").account.name(), "Boutique 1");
}

TEST_F(ChangeAccountsTest, KnowsWhatIsNotThere) {
  EXPECT_THAT(View("x"), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(Enable("x"), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(Disable("x"), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(Replace("x", "boutique-client-1", "s"), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(Take("x"), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(ChangeAccountsTest, RefusesATakenNameAndATakenSeller) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  auto same_name = ANewAccount(2);
  same_name.name = "Boutique 1";
  auto same_seller = ANewAccount(3);
  same_seller.seller_id = SellerId{"98971"};
  auto same_seller_elsewhere = same_seller;
  same_seller_elsewhere.sales_channel_id = ChannelId{"CDISIT"};

  EXPECT_THAT(Create(same_name, "id-2"), FailsWith(ErrorCode::kAlreadyExists));
  const auto taken = Create(same_seller, "id-3");
  ASSERT_THAT(taken, FailsWith(ErrorCode::kAlreadyExists));
  EXPECT_THAT(taken.error().message, HasSubstr("\"Boutique 1\""));
  EXPECT_THAT(Create(same_seller_elsewhere, "id-4"), Succeeds());
  EXPECT_THAT(Announced(), SizeIs(2));
}

TEST_F(ChangeAccountsTest, ListsByName) {
  ASSERT_THAT(Create(ANewAccount(2), "id-a"), Succeeds());
  ASSERT_THAT(Create(ANewAccount(1), "id-b"), Succeeds());

  EXPECT_THAT(Names(), ElementsAre("Boutique 1", "Boutique 2"));
}

TEST_F(ChangeAccountsTest, ListsPageBehindPage) {
  for (const int number : {3, 1, 2}) {
    ASSERT_THAT(Create(ANewAccount(number), "id-" + std::to_string(number)), Succeeds());
  }

  EXPECT_THAT(Names({.limit = 2}), ElementsAre("Boutique 1", "Boutique 2"));
  EXPECT_THAT(Names({.after = "Boutique 2", .limit = 2}), ElementsAre("Boutique 3"));
  EXPECT_THAT(Names({.after = "Boutique 1 and a half"}), ElementsAre("Boutique 2", "Boutique 3"));
  EXPECT_THAT(Names({.after = "Boutique 3"}), IsEmpty());
}

TEST_F(ChangeAccountsTest, AnnouncesEachChangeOnceAndNoChangeNever) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());

  for (int twice = 0; twice < 2; ++twice) ASSERT_THAT(Disable("id-1"), Succeeds());
  for (int twice = 0; twice < 2; ++twice) ASSERT_THAT(Enable("id-1"), Succeeds());

  EXPECT_THAT(Announced(), ElementsAre("id-1 v1 enabled g1", "id-1 v2 disabled g1", "id-1 v3 enabled g1"));
}

TEST_F(ChangeAccountsTest, WakesTheRelayAfterEachChange) {
  std::atomic<int> woken = 0;
  database_->OnCommit([&] { ++woken; });

  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  EXPECT_EQ(woken, 1);
  for (int twice = 0; twice < 2; ++twice) ASSERT_THAT(Disable("id-1"), Succeeds());
  EXPECT_EQ(woken, 2);
  ASSERT_THAT(Replace("id-1", "boutique-client-1", "new"), Succeeds());
  EXPECT_EQ(woken, 3);
  database_->OnCommit({});
}

TEST_F(ChangeAccountsTest, OfManyConcurrentCreatorsOfOneSellerOneSucceeds) {
  std::multiset<std::string> got;
  for (int i = 0; i < 10; ++i) {
    next_id_ = "id-" + std::to_string(i);
    Start(change_.Create(ANewAccount()), [&](const Result<AccountView>& created) {
      got.insert(created ? "created" : std::string(ToString(created.error().code)));
    });
  }
  RunAll();

  EXPECT_EQ(got.count("created"), 1U);
  // A caller that met the other's client id in the making is told to try again, all others what is taken.
  EXPECT_EQ(got.count("already_exists") + got.count("unavailable"), 9U);
  EXPECT_THAT(Announced(), SizeIs(1));
}

TEST_F(ChangeAccountsTest, ConcurrentChangesOfOneAccountKeepTheirVersionsApart) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  const auto start = [&](Task<Result<AccountView>> change) {
    Start(std::move(change), [](const Result<AccountView>& changed) { EXPECT_THAT(changed, Succeeds()); });
  };
  const AccountRef account{"id-1"};
  const Credentials next{ClientId{"boutique-client-1"}, Secret{"n"}};
  for (int i = 0; i < 5; ++i) {
    start(change_.Disable(account));
    start(change_.Enable(account));
    start(change_.ReplaceCredentials(account, next));
  }
  RunAll();

  const auto announced = Announced();
  EXPECT_THAT(std::set(announced.begin(), announced.end()), SizeIs(announced.size()));
  EXPECT_EQ(static_cast<std::size_t>(Find("id-1").account.version()), announced.size());
  EXPECT_EQ(Find("id-1").account.fields().generation, 6);
}

TEST_F(ChangeAccountsTest, KeepsNothingWhenARuleIsBroken) {
  auto wrong = ANewAccount();
  wrong.credentials.client_id = ClientId{"claire@shop.fr"};

  const auto created = Create(wrong, "id-1");

  ASSERT_THAT(created, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(created.error().field, "octopia.client_id");
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(ChangeAccountsTest, ChecksNewCredentialsBeforeTheyAreKept) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());

  const auto replaced = Replace("id-1", "boutique-client-1", "");

  ASSERT_THAT(replaced, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(replaced.error().field, "octopia.client_secret");
  EXPECT_THAT(Announced(), SizeIs(1));
}

TEST_F(ChangeAccountsTest, TakesOffWhatAPasteAddsAtTheEnds) {
  auto pasted = ANewAccount();
  const auto name = pasted.name;
  pasted.name += "\xC2\xA0";
  pasted.credentials.client_secret = Secret{"\xEF\xBB\xBF" + pasted.credentials.client_secret.Reveal() + "\r\n"};

  const auto created = Create(pasted, "id-1");
  const auto joined = Create(ANewAccountSharing(2, 1), "id-2");

  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(created->account.name(), name);
  EXPECT_THAT(joined, Succeeds());
}

TEST_F(ChangeAccountsTest, KeepsSecretsAndTokensOnlyEncrypted) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(Keep(Claim("id-1")), Succeeds());

  const auto dump = Dump();

  EXPECT_THAT(dump, HasSubstr("boutique-client-1"));
  EXPECT_THAT(dump, Not(HasSubstr("s3cret-1")));
  EXPECT_THAT(dump, Not(HasSubstr("token-one")));
  EXPECT_THAT(dump, Not(HasSubstr(crypto::Base64Encode("s3cret-1").substr(0, 8))));
}

TEST_F(ChangeAccountsTest, ASecretMovedToAnotherRowDoesNotOpen) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(Create(ANewAccount(2), "id-2"), Succeeds());
  Execute(
      "UPDATE client SET sealed_secret = (SELECT sealed_secret FROM client WHERE client_id = 'boutique-client-1')"
      " WHERE client_id = 'boutique-client-2'");

  const auto answer = Take("id-2");

  ASSERT_THAT(answer, FailsWith(ErrorCode::kInternal));
  EXPECT_THAT(answer.error().message, AllOf(HasSubstr("boutique-client-2"), HasSubstr("key file")));
}

TEST_F(ChangeAccountsTest, NewCredentialsAreTheWayOutOfASecretThatDoesNotOpen) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  Execute("UPDATE client SET sealed_secret = 'broken'");

  ASSERT_THAT(Replace("id-1", "boutique-client-1", "new"), Succeeds());

  EXPECT_EQ(Claim("id-1").credentials.client_secret, Secret{"new"});
}

TEST_F(ChangeAccountsTest, AStatementThatFailsLeavesNothingOfAChange) {
  for (int nth = 1;; ++nth) {
    faults_.FailStatement(nth);
    const auto created = Create(ANewAccount(), "id-1");
    if (faults_.Disarm()) break;
    EXPECT_THAT(created, FailsWith(ErrorCode::kUnavailable));
    ASSERT_THAT(Announced(), IsEmpty()) << nth;
    ASSERT_THAT(Dump(), Not(HasSubstr("boutique-client-1"))) << nth;
  }
  for (int nth = 1;; ++nth) {
    faults_.FailStatement(nth);
    const auto replaced = Replace("id-1", "boutique-client-9", "s3cret-9");
    if (faults_.Disarm()) break;
    EXPECT_THAT(replaced, FailsWith(ErrorCode::kUnavailable));
    ASSERT_THAT(Announced(), SizeIs(1)) << nth;
    ASSERT_THAT(Dump(), Not(HasSubstr("boutique-client-9"))) << nth;
  }

  EXPECT_THAT(Announced(), ElementsAre("id-1 v1 enabled g1", "id-1 v2 enabled g2"));
}

TEST_F(ChangeAccountsTest, TheEventGoesWithTheTraceOfItsCause) {
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  ASSERT_THAT(Run(change_.Create(ANewAccount(), trace)), Succeeds());

  EXPECT_EQ(Query("SELECT traceparent FROM outbox_row").at(0).Text("traceparent"), trace);
}

}  // namespace
}  // namespace cdiscount::auth
