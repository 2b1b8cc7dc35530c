#include "domain/account.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/result_matchers.hpp"

namespace cdiscount::auth {
namespace {

constexpr auto kEnabled = events::v1::ACCOUNT_STATE_ENABLED;
constexpr auto kDisabled = events::v1::ACCOUNT_STATE_DISABLED;
constexpr auto kNeedsNewCredentials = events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS;

using fakes::FailsWith;
using ::testing::HasSubstr;

constexpr SysTime kOpened{std::chrono::seconds{1'790'000'000}};
constexpr SysTime kLater = kOpened + std::chrono::hours{1};
const std::string kRefusal = RefusalText(ClientId{"claire-shop-1"}, kOpened, "Invalid client secret");

Account Opened() {
  return Account::Open({.name = "Boutique Claire",
                        .seller_id = SellerId{"98979"},
                        .sales_channel_id = {},
                        .credentials = {ClientId{"claire-shop-1"}, Secret{"s3cret"}}},
                       AccountId{"a-1"}, kOpened)
      .value();
}

TEST(Account, OpensEnabledAtItsFirstVersionOnTheDefaultChannel) {
  const auto account = Opened();

  EXPECT_EQ(account.state(), kEnabled);
  EXPECT_EQ(account.sales_channel_id(), ChannelId{"CDISFR"});
  EXPECT_EQ(account.version(), 1);
  EXPECT_EQ(account.fields().generation, 1);
  EXPECT_EQ(account.fields().created_at, kOpened);
  EXPECT_EQ(account.Attention(), "");
}

TEST(Account, DoesNotOpenWhenARuleIsBroken) {
  const auto account = Account::Open({.name = "Claire"}, AccountId{"a-1"}, kOpened);

  ASSERT_THAT(account, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(account.error().field, "seller_id");
}

using Change = Account (*)(const Account&);
Account Enable(const Account& account) {
  return account.Enabled(kLater);
}
Account Disable(const Account& account) {
  return account.Disabled(kLater);
}
Account Replace(const Account& account) {
  return account.WithCredentials(ClientId{"claire-shop-2"}, kLater);
}
Account Refuse(const Account& account) {
  return account.Refused(kRefusal, kLater);
}

TEST(Account, MovesBetweenItsStates) {
  struct Case {
    std::string title;
    std::vector<Change> changes;
    AccountState state;
    std::int64_t version;
    std::int64_t generation;
  };
  const std::vector<Case> cases = {
      {"disable", {Disable}, kDisabled, 2, 1},
      {"disable twice changes nothing the second time", {Disable, Disable}, kDisabled, 2, 1},
      {"enable an enabled one changes nothing", {Enable}, kEnabled, 1, 1},
      {"disable and enable", {Disable, Enable}, kEnabled, 3, 1},
      {"refused", {Refuse}, kNeedsNewCredentials, 2, 1},
      {"refused twice changes nothing the second time", {Refuse, Refuse}, kNeedsNewCredentials, 2, 1},
      {"enable does not undo a refusal", {Refuse, Enable}, kNeedsNewCredentials, 2, 1},
      {"new credentials undo a refusal", {Refuse, Replace}, kEnabled, 3, 2},
      {"new credentials without a refusal", {Replace}, kEnabled, 2, 2},
      {"the same new credentials again", {Replace, Replace}, kEnabled, 3, 3},
      {"refused and disabled shows as disabled", {Refuse, Disable}, kDisabled, 3, 1},
      {"disabled and refused shows as disabled", {Disable, Refuse}, kDisabled, 3, 1},
      {"a refusal outlives disabling", {Refuse, Disable, Enable}, kNeedsNewCredentials, 4, 1},
      {"new credentials do not enable", {Disable, Replace}, kDisabled, 3, 2},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.title);
    auto account = Opened();
    for (const auto change : c.changes) account = change(account);
    EXPECT_EQ(account.state(), c.state);
    EXPECT_EQ(account.version(), c.version);
    EXPECT_EQ(account.fields().generation, c.generation);
    EXPECT_EQ(account.fields().created_at, kOpened);
    EXPECT_EQ(account.fields().changed_at, account.version() == 1 ? kOpened : kLater);
  }
}

TEST(Account, TakesTheClientIdOfItsNewCredentials) {
  EXPECT_EQ(Replace(Opened()).client_id(), ClientId{"claire-shop-2"});
}

TEST(Account, IsRefusedFromTheStartWithCredentialsThatWereRefusedBefore) {
  const auto account = Opened().WithCredentials(ClientId{"claire-shop-2"}, kLater, kRefusal);

  EXPECT_EQ(account.state(), kNeedsNewCredentials);
  EXPECT_EQ(account.fields().generation, 2);
}

TEST(Account, SaysWhatToDoWhenNoCallIsMadeForIt) {
  EXPECT_THAT(Disable(Opened()).Attention(), HasSubstr("until it is enabled"));
  EXPECT_THAT(Refuse(Opened()).Attention(), AllOf(HasSubstr(kRefusal), HasSubstr("new credentials")));
}

TEST(Account, MakesCallsOnlyWhileItIsEnabledAndNotRefused) {
  EXPECT_THAT(Opened().MayCall(), fakes::Succeeds());
  EXPECT_THAT(Disable(Opened()).MayCall(), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(Refuse(Opened()).MayCall(), FailsWith(ErrorCode::kUnauthenticated));
  EXPECT_THAT(Disable(Refuse(Opened())).MayCall(), FailsWith(ErrorCode::kConflict));
}

TEST(Account, KeepsWhoRefusedWhatAndWhen) {
  EXPECT_EQ(
      kRefusal,
      "The marketplace refused the credentials of client id \"claire-shop-1\" on 2026-09-21T14:13:20Z: Invalid client "
      "secret.");
}

}  // namespace
}  // namespace cdiscount::auth
