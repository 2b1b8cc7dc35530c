// What every store of accounts does: SQLite and the in-memory fake as unit tests, PostgreSQL as an integration test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <set>

#include "adapters/testing/auth_stores.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "fakes/an_account.hpp"

namespace cdiscount::auth {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using fakes::ANewAccount;
using fakes::ANewAccountSharing;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

template <class Engine>
class AccountStoreConformance : public fakes::AuthStoresTest<Engine> {};
TYPED_TEST_SUITE(AccountStoreConformance, fakes::Engines);

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
  EXPECT_THAT(RunTask(this->accounts().List({})).value(), IsEmpty());
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

  const auto all = RunTask(this->accounts().List({})).value();

  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].account.name(), "Boutique 1");
  EXPECT_EQ(all[1].account.name(), "Boutique 2");
}

TYPED_TEST(AccountStoreConformance, ListsPageBehindPage) {
  for (const int number : {3, 1, 2}) {
    ASSERT_THAT(this->Create(ANewAccount(number), "id-" + std::to_string(number)), Succeeds());
  }
  const auto names = [&](const AccountsPage& page) {
    std::vector<std::string> found;
    const auto accounts = RunTask(this->accounts().List(page)).value();
    for (const auto& view : accounts) found.push_back(view.account.name());
    return found;
  };

  EXPECT_THAT(names({.limit = 2}), ElementsAre("Boutique 1", "Boutique 2"));
  EXPECT_THAT(names({.after = "Boutique 2", .limit = 2}), ElementsAre("Boutique 3"));
  EXPECT_THAT(names({.after = "Boutique 1 and a half"}), ElementsAre("Boutique 2", "Boutique 3"));
  EXPECT_THAT(names({.after = "Boutique 3"}), IsEmpty());
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

TYPED_TEST(AccountStoreConformance, OfManyConcurrentCreatorsOfOneSellerOneSucceeds) {
  boost::asio::io_context io{1};
  std::multiset<std::string> got;
  for (int i = 0; i < 10; ++i) {
    auto create = this->accounts().Create(ANewAccount(), AccountId{"id-" + std::to_string(i)}, {});
    const auto count = [&](const Result<AccountView>& created) {
      got.insert(created ? "created" : std::string(ToString(created.error().code)));
    };
    boost::asio::co_spawn(io, fakes::AndThen(std::move(create), count), boost::asio::detached);
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
    boost::asio::co_spawn(io, fakes::AndThen(std::move(change), check), boost::asio::detached);
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

}  // namespace
}  // namespace cdiscount::auth
