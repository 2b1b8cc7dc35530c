// The accounts that are followed.
#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;

class AccountsTest : public fakes::OneAccountTest {
 protected:
  Status Receive(std::optional<std::string> value) {
    const kafka::Message message{.timestamp = {}, .key = "account-1", .value = std::move(value), .headers = {}};
    return InTransaction([&](store::Transaction& transaction) { return OnAccount(transaction, message); });
  }
};

TEST_F(AccountsTest, AnOlderAnnouncementOfAnAccountChangesNothing) {
  Announce(5, true);
  Announce(4, false);

  Claim();
}

TEST_F(AccountsTest, AnAnnouncementThatIsReadAgainChangesNothing) {
  Announce(1, false);

  Claim();
}

TEST_F(AccountsTest, ATombstoneChangesNothing) {
  EXPECT_THAT(Receive(std::nullopt), Succeeds());

  Claim();
}

TEST_F(AccountsTest, AnAnnouncementThatNamesNoAccountIsUnreadable) {
  EXPECT_THAT(Receive("\xff\xff"), FailsWith(ErrorCode::kUnreadable));
  EXPECT_THAT(Receive(events::v1::AccountEvent().SerializeAsString()), FailsWith(ErrorCode::kUnreadable));
}

}  // namespace
}  // namespace cdiscount::order_ingest
