// The accounts that are followed.
#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using ::testing::IsEmpty;

using AccountsTest = fakes::OneAccountTest;

TEST_F(AccountsTest, AnOlderAnnouncementOfAnAccountChangesNothing) {
  Announce(5, true);
  Announce(4, false);

  Claim();
}

TEST_F(AccountsTest, AnAnnouncementThatIsReadAgainChangesNothing) {
  Announce(1, false);

  Claim();
}

TEST_F(AccountsTest, OfAnnouncementsOutOfOrderTheNewestCounts) {
  Announce(3, true, 2);
  Announce(2, false);
  Announce(4, false, 2);
  Announce(3, true, 2);

  EXPECT_THAT(Due().rows, IsEmpty());
}

}  // namespace
}  // namespace cdiscount::order_ingest
