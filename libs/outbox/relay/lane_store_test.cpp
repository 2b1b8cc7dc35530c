#include "outbox/relay/lane_store.hpp"

#include <set>

#include "core/testing/result_matchers.hpp"
#include "kafka/partitioner.hpp"
#include "migrations/outbox.hpp"
#include "outbox/outbox.hpp"
#include "outbox/relay/backlog.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::outbox {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using namespace std::chrono_literals;

const std::vector<TopicSpec> kTopics = {
    {.name = "orders"}, {.name = "copies", .copy_of = "orders"}, {.name = "people"}};

/// The n-th key of the form "A-<number>" that belongs to partition 0.
std::string KeyOfPartition0(int n) {
  for (int i = 0;; ++i) {
    auto key = "A-" + std::to_string(i);
    if (kafka::PartitionOf(key, kPartitions) == 0 && n-- == 0) return key;
  }
}

/// The database work of a lane, on the engine under test: lane 0 carries partition 0 on both.
class LaneStoreTest : public ::testing::Test {
 protected:
  LaneStoreTest() { store::Migrate(*database_, migrations::Outbox()).value(); }

  LaneStore Owner(const std::string& name, std::chrono::milliseconds ttl = 15s) {
    return {*sessions_.emplace_back(database_->NewSession()), 0, name, ttl};
  }

  /// With the lease, and told of the topics.
  LaneStore AnOwner() {
    auto owner = Owner("owner");
    EXPECT_TRUE(owner.Claim(false));
    EXPECT_THAT(owner.Streams(kTopics), Succeeds());
    return owner;
  }

  Status ParkRow(LaneStore& lane, std::int64_t sequence) {
    return lane.AsOwner([&](auto& transaction) { Park(transaction, {"orders", 0}, sequence, "no key"); });
  }

  void Append(const std::string& key, std::int64_t version, std::string topic = "orders", std::int32_t ordinal = 0) {
    store::Transaction transaction(*session_);
    Outbox{}
        .Append(transaction, {.topic = std::move(topic),
                              .key = key,
                              .version = version,
                              .ordinal = ordinal,
                              .type = "type " + std::to_string(ordinal),
                              .id = key + "-" + std::to_string(version),
                              .time = SysTime{1s},
                              .value = "value of " + key})
        .value();
    transaction.Commit();
  }

  fakes::TestDatabase place_;
  std::unique_ptr<store::Database> database_ = store::Database::Open({.url = place_.url()}).value();
  std::unique_ptr<store::Session> session_ = database_->NewSession();
  std::vector<std::unique_ptr<store::Session>> sessions_;
  const std::string key_ = KeyOfPartition0(0);
  const std::string other_key_ = KeyOfPartition0(1);
};

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
  for (int i = 0; i < 6; ++i) sorted.insert(KeyOfPartition0(i));
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
