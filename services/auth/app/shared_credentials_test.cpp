// Client ids and secrets that accounts share. On SQLite as unit tests, on PostgreSQL as an integration test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/change_accounts.hpp"
#include "testing/change_accounts_test.hpp"

namespace cdiscount::auth {
namespace {

using fakes::ANewAccount;
using fakes::ANewAccountSharing;
using fakes::ChangeAccountsTest;
using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

TEST_F(ChangeAccountsTest, AnAccountMayJoinAClientIdOnlyWithItsSecret) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  auto other_secret = ANewAccountSharing(2, 1);
  other_secret.credentials.client_secret = Secret{"typed wrong"};

  const auto wrong = Create(other_secret, "id-2");

  ASSERT_THAT(wrong, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(wrong.error().field, "octopia.client_secret");
  EXPECT_THAT(wrong.error().message, HasSubstr("Boutique 1"));
  EXPECT_THAT(Create(ANewAccountSharing(3, 1), "id-3"), Succeeds());
}

TEST_F(ChangeAccountsTest, ANewSecretHoldsForAllAccountsOfTheClientIdAndDropsTheToken) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());
  ASSERT_THAT(Keep(Claim("id-1")), Succeeds());

  const auto replaced = Replace("id-1", "boutique-client-1", "new");

  ASSERT_THAT(replaced, Succeeds());
  EXPECT_EQ(replaced->account.version(), 2);
  EXPECT_EQ(replaced->token_expires_at, std::nullopt);
  EXPECT_THAT(Announced(), UnorderedElementsAre("id-1 v1 enabled g1", "id-2 v1 enabled g1", "id-1 v2 enabled g2",
                                                "id-2 v2 enabled g2"));
  EXPECT_EQ(Claim("id-2").credentials.client_secret, Secret{"new"});
}

TEST_F(ChangeAccountsTest, AnAccountMovesToAnotherClientIdAlone) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(Create(ANewAccountSharing(2, 1), "id-2"), Succeeds());

  ASSERT_THAT(Replace("id-2", "boutique-client-9", "s3cret-9"), Succeeds());

  EXPECT_EQ(Find("id-2").account.client_id(), ClientId{"boutique-client-9"});
  EXPECT_EQ(Find("id-1").account.version(), 1);
  EXPECT_EQ(Claim("id-1").credentials, ANewAccount(1).credentials);
  EXPECT_EQ(Claim("id-2").credentials.client_secret, Secret{"s3cret-9"});
}

TEST_F(ChangeAccountsTest, TheSecretOfAnUnusedClientIdIsForgotten) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(Replace("id-1", "boutique-client-9", "s3cret-9"), Succeeds());

  // Would be refused if the old secret were still kept.
  EXPECT_THAT(Replace("id-1", "boutique-client-1", "another"), Succeeds());
}

TEST_F(ChangeAccountsTest, DoesNotMoveToAClientIdOfOthersWithAnotherSecret) {
  ASSERT_THAT(Create(ANewAccount(1), "id-1"), Succeeds());
  ASSERT_THAT(Create(ANewAccount(2), "id-2"), Succeeds());

  EXPECT_THAT(Replace("id-2", "boutique-client-1", "wrong"), FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(Find("id-2").account.client_id(), ClientId{"boutique-client-2"});
  EXPECT_THAT(Replace("id-2", "boutique-client-1", "s3cret-1"), Succeeds());
  EXPECT_EQ(Find("id-2").account.client_id(), ClientId{"boutique-client-1"});
}

}  // namespace
}  // namespace cdiscount::auth
