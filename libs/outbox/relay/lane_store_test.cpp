#include "outbox/relay/lane_store.hpp"

#include <set>

#include "core/testing/result_matchers.hpp"
#include "outbox/relay/backlog.hpp"
#include "outbox/testing/lane_store_test.hpp"

namespace cdiscount::outbox {
namespace {

using fakes::FailsWith;
using fakes::kTopics;
using fakes::LaneStoreTest;
using fakes::Succeeds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using namespace std::chrono_literals;

TEST_F(LaneStoreTest, GivesTheLeaseToOneOwnerAtATime) {
  auto first = Owner("first");
  auto second = Owner("second");

  EXPECT_TRUE(first.Claim(false));
  EXPECT_FALSE(second.Claim(false));
  EXPECT_TRUE(first.Claim(false)) << "its own lease";
  first.Release();
  EXPECT_TRUE(second.Claim(false));
}

TEST_F(LaneStoreTest, GivesAnExpiredLeaseOrADeadOwnersAway) {
  auto expired = Owner("expired", -1s);
  auto second = Owner("second");
  auto third = Owner("third");

  ASSERT_TRUE(expired.Claim(false));
  EXPECT_TRUE(second.Claim(false));
  EXPECT_TRUE(third.Claim(true));
}

TEST_F(LaneStoreTest, LetsAFormerOwnerChangeNothing) {
  auto former = Owner("former", -1s);
  auto owner = Owner("owner");
  ASSERT_TRUE(former.Claim(false));
  ASSERT_THAT(former.Streams(kTopics), Succeeds());
  Append(key_, 1);

  ASSERT_TRUE(owner.Claim(false));

  EXPECT_THAT(former.Renew(), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(former.Number({}, 500), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(former.NotePublished({}), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(former.Trim({}, 500), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(ParkRow(former, 1), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(former.AsOwner([](auto& transaction) { Unpark(transaction, {1}); }), FailsWith(ErrorCode::kConflict));
  former.Release();
  EXPECT_THAT(owner.Renew(), Succeeds()) << "a former owner gave away what was not its own";
  EXPECT_TRUE(owner.HasUnnumbered());
}

TEST_F(LaneStoreTest, NumbersOnFromTheCounterWhenEveryRowIsGone) {
  auto owner = AnOwner();
  Append(key_, 1);
  ASSERT_THAT(owner.Number({}, 500), Succeeds());
  session_->Execute("DELETE FROM outbox_row");
  Append(key_, 2);

  ASSERT_THAT(owner.Number({}, 500), Succeeds());

  const auto rows = owner.RowsAfter({"orders", 0}, 0, 10);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].sequence, 2);
}

TEST_F(LaneStoreTest, NumbersInTheOrderOfVersionsAndOrdinalsWhateverTheOrderOfTheirRows) {
  auto owner = AnOwner();
  Append(key_, 3);
  Append(other_key_, 1);
  Append(key_, 2);

  for (int round = 0; round < 3; ++round) ASSERT_THAT(owner.Number({}, 1), Succeeds());

  const auto rows = owner.RowsAfter({"orders", 0}, 0, 10);
  ASSERT_EQ(rows.size(), 3u);
  const auto of_key = [&](const OutboxRow& row) { return row.key == key_; };
  const auto first = std::ranges::find_if(rows, of_key);
  EXPECT_EQ(first->version, 2);
  EXPECT_EQ(std::find_if(first + 1, rows.end(), of_key)->version, 3);
  EXPECT_EQ(first->value, "value of " + key_);
  EXPECT_FALSE(owner.HasUnnumbered());
}

TEST_F(LaneStoreTest, GoesRoundThroughTheKeysWhileMoreRowsComeThanItNumbers) {
  auto owner = AnOwner();
  std::set<std::string> sorted;
  for (int i = 0; i < 6; ++i) sorted.insert(fakes::KeyOfPartition0(i));
  const std::vector<std::string> keys(sorted.begin(), sorted.end());
  Append(keys[1], 1);
  ASSERT_THAT(owner.Number({}, 1), Succeeds());

  Append(keys[0], 1);
  for (std::size_t newer = 2; newer < keys.size(); ++newer) {
    Append(keys[newer], 1);
    ASSERT_THAT(owner.Number({}, 1), Succeeds());
  }

  EXPECT_TRUE(std::ranges::any_of(owner.RowsAfter({"orders", 0}, 0, 10), [&](const OutboxRow& row) {
    return row.key == keys[0];
  })) << "a key behind which later ones come waits for ever";
}

TEST_F(LaneStoreTest, NumbersTheEventsOfAVersionByTheirOrdinals) {
  auto owner = AnOwner();
  Append(key_, 1, "orders", 1);
  Append(key_, 1, "orders", 0);

  ASSERT_THAT(owner.Number({}, 500), Succeeds());

  const auto rows = owner.RowsAfter({"orders", 0}, 0, 10);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].type, "type 0");
  EXPECT_EQ(rows[1].type, "type 1");
}

TEST_F(LaneStoreTest, CountsEachStreamOnFromItsCounter) {
  auto owner = AnOwner();
  Append(key_, 1);
  Append(other_key_, 1);
  ASSERT_THAT(owner.Number({}, 500), Succeeds());
  Append(key_, 2);
  Append(key_, 2, "people");

  const auto numbered = owner.Number({}, 500);

  ASSERT_THAT(numbered, Succeeds());
  EXPECT_THAT(*numbered, ElementsAre(Pair(StreamId{"orders", 0}, 3), Pair(StreamId{"people", 0}, 1)));
  EXPECT_EQ(owner.RowsAfter({"orders", 0}, 2, 10).at(0).version, 2);
  EXPECT_THAT(*owner.Number({}, 500), IsEmpty());
  EXPECT_EQ(owner.Streams(kTopics).value().at({"orders", 0}).counter, 3);
}

TEST_F(LaneStoreTest, FindsTheTopicOfRowsThatNobodyPublishes) {
  auto owner = AnOwner();
  Append(key_, 1);
  EXPECT_EQ(owner.UnknownTopic(), std::nullopt);

  Append(key_, 1, "undeclared");

  EXPECT_EQ(owner.UnknownTopic(), "undeclared");
  ASSERT_THAT(owner.Number({}, 500), Succeeds());
  EXPECT_TRUE(owner.RowsAfter({"undeclared", 0}, 0, 10).empty());
}

TEST_F(LaneStoreTest, FindsATopicWithNumberedRowsThatNobodyPublishesAnyMore) {
  auto owner = AnOwner();
  Append(key_, 1, "people");
  ASSERT_THAT(owner.Number({}, 500), Succeeds());
  EXPECT_EQ(owner.UnknownTopic(), std::nullopt);

  ASSERT_THAT(owner.Streams({{.name = "orders"}}), Succeeds());
  EXPECT_EQ(owner.UnknownTopic(), "people");
  ASSERT_THAT(owner.Streams({{.name = "orders"}, {.name = "people", .copy_of = "orders"}}), Succeeds());
  EXPECT_EQ(owner.UnknownTopic(), "people") << "rows of a topic that became a copy would be taken for published";
}

TEST_F(LaneStoreTest, KnowsTheEndsOfACopyAndNoRowsOfIt) {
  auto owner = AnOwner();
  ASSERT_THAT(owner.NotePublished({}, {{{"copies", 0}, 7}}), Succeeds());
  EXPECT_EQ(owner.Streams(kTopics).value().at({"copies", 0}).log_end, 7);

  Append(key_, 1, "copies");

  EXPECT_EQ(owner.UnknownTopic(), "copies");
  EXPECT_THAT(*owner.Number({}, 500), IsEmpty());
}

TEST_F(LaneStoreTest, TrimsWhatIsBeforeTheRowToKeep) {
  auto owner = AnOwner();
  for (int version = 1; version <= 5; ++version) Append(key_, version);
  ASSERT_THAT(owner.Number({}, 500), Succeeds());

  EXPECT_EQ(owner.Trim({{{"orders", 0}, 4}}, 2).value(), 2);
  EXPECT_EQ(owner.Trim({{{"orders", 0}, 4}}, 2).value(), 1);
  EXPECT_EQ(owner.Trim({{{"orders", 0}, 4}}, 2).value(), 0);
  EXPECT_EQ(owner.EventIdAt({"orders", 0}, 4), key_ + "-4");
  EXPECT_EQ(owner.EventIdAt({"orders", 0}, 3), std::nullopt);
}

TEST_F(LaneStoreTest, KeepsAStopAndTheEndOfTheTopicForEveryOwner) {
  auto owner = Owner("owner");
  auto next = Owner("next");
  ASSERT_TRUE(owner.Claim(false));
  ASSERT_THAT(owner.Streams(kTopics), Succeeds());
  ASSERT_THAT(owner.NotePublished({}, {{{"orders", 0}, 700}}), Succeeds());
  ASSERT_THAT(owner.NotePublished({}, {{{"orders", 0}, 12}}), Succeeds());
  owner.KeepStop("orders", "made anew");
  owner.Release();

  ASSERT_TRUE(next.Claim(false));

  const auto state = next.Streams(kTopics).value().at({"orders", 0});
  EXPECT_EQ(state.stopped, "made anew");
  EXPECT_EQ(state.log_end, 700);
}

TEST_F(LaneStoreTest, KnowsWhatIsNotPublishedYet) {
  auto owner = AnOwner();
  EXPECT_EQ(Measure(*session_).rows, 0);

  Append(key_, 1);
  Append(key_, 2);
  EXPECT_EQ(Measure(*session_).rows, 2);
  ASSERT_THAT(owner.Number({}, 500), Succeeds());
  EXPECT_EQ(Measure(*session_).rows, 2);
  session_->Execute("UPDATE outbox_row SET created_at = created_at - :by", {{"by", 60s}});
  EXPECT_GE(Measure(*session_).oldest_age, 59s);
  ASSERT_THAT(owner.NotePublished({{{"orders", 0}, 1}}), Succeeds());
  EXPECT_EQ(Measure(*session_).rows, 1);
  ASSERT_THAT(owner.NotePublished({{{"orders", 0}, 2}}), Succeeds());
  EXPECT_EQ(Measure(*session_).rows, 0);
  EXPECT_EQ(Measure(*session_).oldest_age, 0s);
}

}  // namespace
}  // namespace cdiscount::outbox
