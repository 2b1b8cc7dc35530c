#include "outbox/relay/parked_rows.hpp"

#include "core/testing/result_matchers.hpp"
#include "outbox/testing/lane_store_test.hpp"

namespace cdiscount::outbox {
namespace {

using fakes::kTopics;
using fakes::LaneStoreTest;
using fakes::Succeeds;

TEST_F(LaneStoreTest, ClosesTheGapThatAParkedRowLeaves) {
  auto owner = AnOwner();
  for (int version = 1; version <= 4; ++version) Append(key_, version);
  ASSERT_THAT(owner.Number({}, 500), Succeeds());

  ASSERT_THAT(ParkRow(owner, 2), Succeeds());

  const auto rows = owner.RowsAfter({"orders", 0}, 0, 10);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].version, 1);
  EXPECT_EQ(rows[1].version, 3);
  EXPECT_EQ(rows[1].sequence, 2);
  EXPECT_EQ(rows[2].version, 4);
  EXPECT_EQ(rows[2].sequence, 3);
  EXPECT_EQ(owner.Streams(kTopics).value().at({"orders", 0}).counter, 3);
  EXPECT_FALSE(owner.HasUnnumbered()) << "a parked row is not numbered again until it was tried";
  EXPECT_EQ(SummarizeParked(*session_).rows, 1);
  EXPECT_EQ(SummarizeParked(*session_).example, "orders " + key_ + " version 2: no key");
}

TEST_F(LaneStoreTest, NumbersAParkedRowWhenItCanBeReadAgain) {
  auto owner = AnOwner();
  Append(key_, 1);
  ASSERT_THAT(owner.Number({}, 500), Succeeds());
  ASSERT_THAT(ParkRow(owner, 1), Succeeds());

  const auto parked = ParkedOf(*session_, 0, 10).at(0).id;
  ASSERT_THAT(owner.AsOwner([&](auto& transaction) { Unpark(transaction, {parked}); }), Succeeds());
  ASSERT_THAT(owner.Number({}, 500), Succeeds());

  EXPECT_EQ(owner.RowsAfter({"orders", 0}, 0, 10).at(0).sequence, 1);
  EXPECT_EQ(SummarizeParked(*session_).rows, 0);
}

TEST_F(LaneStoreTest, LetsANewerVersionStandForAParkedOne) {
  auto owner = AnOwner();
  Append(key_, 1);
  Append(other_key_, 1);
  ASSERT_THAT(owner.Number({}, 500), Succeeds());
  ASSERT_THAT(ParkRow(owner, 2), Succeeds());
  ASSERT_THAT(ParkRow(owner, 1), Succeeds());

  Append(key_, 2);
  ASSERT_THAT(owner.Number({}, 500), Succeeds());

  ASSERT_EQ(ParkedOf(*session_, 0, 10).size(), 1u) << "an old version would be published behind the new one";
  EXPECT_EQ(ParkedOf(*session_, 0, 10).at(0).key, other_key_);
}

}  // namespace
}  // namespace cdiscount::outbox
