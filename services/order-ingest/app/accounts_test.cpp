// The accounts that are followed.
#include "rows/accounts.hpp"

#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::FailsWith;

class AccountsTest : public fakes::IngestTest {
 protected:
  AccountsTest() { Announce(1, true); }
};

TEST_F(AccountsTest, AnOlderAnnouncementOfAnAccountChangesNothing) {
  Announce(5, true);
  Announce(4, false);

  Claim();
}

TEST_F(AccountsTest, APositionMovesOnlyFromWhereItStands) {
  const rows::ConsumerStep wrong{"cdiscount.accounts.v1", 0, 99, 100};

  const auto applied = InTransaction(
      [&](store::Transaction& transaction) { return rows::ApplyAccount(transaction, std::nullopt, wrong); });

  EXPECT_THAT(applied, FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(*InTransaction([](store::Transaction& transaction) {
    return rows::FindPosition(transaction, "cdiscount.accounts.v1", 0);
  }),
            position_);
}

}  // namespace
}  // namespace cdiscount::order_ingest
