#include "app/manage_accounts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/fake_clock.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "fakes/an_account.hpp"
#include "fakes/in_memory_auth_store.hpp"

namespace cdiscount::auth {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using fakes::ANewAccount;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ManageAccountsTest : public ::testing::Test {
 protected:
  cdiscount::fakes::FakeClock clock_;
  fakes::InMemoryAuthStore store_{clock_};
  int ids_ = 0;
  ManageAccounts accounts_{store_, [this] { return AccountId{"id-" + std::to_string(++ids_)}; }};
};

TEST_F(ManageAccountsTest, AnnouncesANewAccountAtItsFirstVersion) {
  const auto created = RunTask(accounts_.Create(ANewAccount()));

  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(created->account.id(), AccountId{"id-1"});
  ASSERT_THAT(store_.announced, SizeIs(1));
  EXPECT_EQ(store_.announced.front(), created->account.fields());
}

TEST_F(ManageAccountsTest, KeepsNothingWhenARuleIsBroken) {
  auto wrong = ANewAccount();
  wrong.credentials.client_id = ClientId{"claire@shop.fr"};

  const auto created = RunTask(accounts_.Create(wrong));

  ASSERT_THAT(created, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(created.error().field, "octopia.client_id");
  EXPECT_THAT(RunTask(accounts_.List()).value(), IsEmpty());
}

TEST_F(ManageAccountsTest, ChecksNewCredentialsBeforeTheyAreKept) {
  ASSERT_THAT(RunTask(accounts_.Create(ANewAccount())), Succeeds());
  const Credentials wrong{ClientId{"boutique-client-1"}, Secret{}};

  const auto replaced = RunTask(accounts_.ReplaceCredentials(AccountRef{"id-1"}, wrong));

  ASSERT_THAT(replaced, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(replaced.error().field, "octopia.client_secret");
  EXPECT_THAT(store_.announced, SizeIs(1));
}

TEST_F(ManageAccountsTest, TakesOffWhatAPasteAddsAtTheEnds) {
  auto pasted = ANewAccount();
  const auto name = pasted.name;
  pasted.name += "\xC2\xA0";
  pasted.credentials.client_secret = Secret{"\xEF\xBB\xBF" + pasted.credentials.client_secret.Reveal() + "\r\n"};

  const auto created = RunTask(accounts_.Create(pasted));
  const auto replaced = RunTask(accounts_.ReplaceCredentials(AccountRef{"id-1"}, pasted.credentials));

  ASSERT_THAT(created, Succeeds());
  EXPECT_EQ(created->account.name(), name);
  ASSERT_THAT(replaced, Succeeds());
}

TEST_F(ManageAccountsTest, FindsAnAccountByItsIdAndByItsName) {
  ASSERT_THAT(RunTask(accounts_.Create(ANewAccount())), Succeeds());

  EXPECT_THAT(RunTask(accounts_.Get(AccountRef{"id-1"})), Succeeds());
  EXPECT_THAT(RunTask(accounts_.Get(AccountRef{"Boutique 1"})), Succeeds());
  EXPECT_THAT(RunTask(accounts_.Get(AccountRef{"Boutique 2"})), FailsWith(ErrorCode::kNotFound));
}

TEST_F(ManageAccountsTest, DisablesAndEnables) {
  ASSERT_THAT(RunTask(accounts_.Create(ANewAccount())), Succeeds());

  const auto disabled = RunTask(accounts_.Disable(AccountRef{"id-1"}));
  const auto enabled = RunTask(accounts_.Enable(AccountRef{"id-1"}));

  EXPECT_EQ(disabled.value().account.state(), AccountState::kDisabled);
  EXPECT_EQ(enabled.value().account.state(), AccountState::kEnabled);
  EXPECT_THAT(store_.announced, SizeIs(3));
}

}  // namespace
}  // namespace cdiscount::auth
