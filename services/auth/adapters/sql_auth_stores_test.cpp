#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/testing/auth_stores.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "crypto/encoding.hpp"
#include "fakes/an_account.hpp"

namespace cdiscount::auth {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using fakes::ANewAccount;
using fakes::kLimits;
using ::testing::HasSubstr;
using ::testing::Not;

// What only a database can get wrong.
class SqlAuthStoresTest : public fakes::AuthStoresTest<fakes::Sql> {};

TEST_F(SqlAuthStoresTest, KeepsSecretsAndTokensOnlyEncrypted) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(Keep(Claim("id-1")), Succeeds());

  const auto dump = engine_.Dump();

  EXPECT_THAT(dump, HasSubstr("boutique-client-1"));
  EXPECT_THAT(dump, Not(HasSubstr("s3cret-1")));
  EXPECT_THAT(dump, Not(HasSubstr("token-one")));
  EXPECT_THAT(dump, Not(HasSubstr(crypto::Base64Encode("s3cret-1").substr(0, 8))));
}

TEST_F(SqlAuthStoresTest, ASecretMovedToAnotherRowDoesNotOpen) {
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

TEST_F(SqlAuthStoresTest, NewCredentialsAreTheWayOutOfASecretThatDoesNotOpen) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  engine_.database().NewSession()->Execute("UPDATE client SET sealed_secret = 'broken'");

  ASSERT_THAT(Replace("id-1", "boutique-client-1", "new"), Succeeds());

  EXPECT_EQ(Claim("id-1").credentials.client_secret, Secret{"new"});
}

TEST_F(SqlAuthStoresTest, ATokenThatDoesNotOpenIsAsGoodAsNone) {
  ASSERT_THAT(Create(ANewAccount(), "id-1"), Succeeds());
  ASSERT_THAT(Keep(Claim("id-1")), Succeeds());
  engine_.database().NewSession()->Execute("UPDATE client SET sealed_token = 'broken'");

  EXPECT_EQ(Shown(Take("id-1")), "claim");
}

TEST_F(SqlAuthStoresTest, TheEventGoesWithTheTraceOfItsCause) {
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  RunTask(engine_.accounts().Create(ANewAccount(), AccountId{"id-1"}, {trace})).value();

  EXPECT_EQ(engine_.Query("SELECT traceparent FROM outbox_row").at(0).Text(0), trace);
}

TEST_F(SqlAuthStoresTest, TheRelayIsToldOfEachChange) {
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

TEST_F(SqlAuthStoresTest, AnotherReplicaHasTheSameTokenAndTheSameClaims) {
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
