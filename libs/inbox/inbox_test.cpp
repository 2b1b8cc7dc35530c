// The database's side of a topic, on both engines.
#include "inbox/inbox.hpp"

#include "core/testing/result_matchers.hpp"
#include "inbox/testing/inbox_test.hpp"

namespace cdiscount::inbox {
namespace {

using fakes::FailsWith;
using fakes::InboxTest;
using fakes::Succeeds;
using ::testing::ElementsAre;

TEST_F(InboxTest, GoesOnWhereTheEffectsEnd) {
  auto inbox = Reader();
  EXPECT_EQ(PositionOf(inbox), 0);

  ASSERT_THAT(inbox.Apply(*session_, Messages(3, {"a", "b"})), Succeeds());

  auto next_life = Reader();
  EXPECT_EQ(PositionOf(next_life), 5);
  EXPECT_THAT(Seen(), ElementsAre("a", "b"));
}

TEST_F(InboxTest, KeepsEffectsAndPositionTogetherWhateverStatementFails) {
  auto inbox = Reader();
  PositionOf(inbox);

  for (int nth = 1;; ++nth) {
    faults_.FailStatement(nth);
    Status status = Ok();
    try {
      if (auto applied = inbox.Apply(*session_, Messages(0, {"a", "b"})); !applied) status = applied.error();
    } catch (const store::StoreError& error) {
      status = Error{error.code(), error.what()};
    }
    if (faults_.Disarm()) break;
    EXPECT_THAT(status, FailsWith(ErrorCode::kUnavailable));
    EXPECT_THAT(Seen(), ElementsAre()) << "after statement " << nth;
    EXPECT_EQ(PositionOf(inbox), 0);
  }

  EXPECT_THAT(Seen(), ElementsAre("a", "b"));
}

TEST_F(InboxTest, StepsOverAMessageThatNeverSucceedsAndKeepsNothingOfIt) {
  auto inbox = Reader();
  PositionOf(inbox);

  const auto applied = inbox.Apply(*session_, Messages(0, {"a", "unreadable", "b"}));

  ASSERT_THAT(applied, Succeeds());
  EXPECT_EQ(applied->handled, 2u);
  EXPECT_EQ(applied->unreadable, 1u);
  EXPECT_THAT(Seen(), ElementsAre("a", "b"));
  EXPECT_EQ(PositionOf(inbox), 3);
}

TEST_F(InboxTest, StepsOverAMessageWithAValueThatTheDatabaseNeverKeeps) {
  auto inbox = Reader();
  PositionOf(inbox);

  const auto applied = inbox.Apply(*session_, Messages(0, {"a", std::string("\0", 1), "b"}));

  ASSERT_THAT(applied, Succeeds());
  EXPECT_EQ(applied->unreadable, 1u);
  EXPECT_THAT(Seen(), ElementsAre("a", "b"));
}

TEST_F(InboxTest, ParksTheLaterMessagesOfAKeyBehindTheOneThatNeverSucceeds) {
  auto inbox = Reader();
  PositionOf(inbox);
  auto messages = Messages(0, {"a1", "unreadable", "a2"}, 0, "A");
  messages.push_back(Messages(3, {"b1"}, 0, "B").front());

  ASSERT_THAT(inbox.Apply(*session_, messages), Succeeds());
  const auto later = inbox.Apply(*session_, Messages(4, {"a3"}, 0, "A"));

  EXPECT_EQ(later->parked, 1u);
  EXPECT_THAT(Seen(), ElementsAre("a1", "b1"));
  EXPECT_THAT(Reasons(), ElementsAre("unreadable: it makes no sense", "a2: ", "a3: "));
}

TEST_F(InboxTest, StandsStillBeforeAMessageThatMaySucceedLater) {
  auto inbox = Reader();
  PositionOf(inbox);

  EXPECT_THAT(inbox.Apply(*session_, Messages(0, {"a", "broken"})), FailsWith(ErrorCode::kInternal));

  EXPECT_THAT(Seen(), ElementsAre());
  EXPECT_EQ(PositionOf(inbox), 0);
}

TEST_F(InboxTest, LetsAFormerOwnerOfAPartitionChangeNothing) {
  auto former = Reader();
  auto owner = Reader();
  PositionOf(former);
  PositionOf(owner);
  ASSERT_THAT(owner.Apply(*session_, Messages(0, {"a"})), Succeeds());

  EXPECT_THAT(former.Apply(*session_, Messages(0, {"a", "b"})), FailsWith(ErrorCode::kConflict));

  EXPECT_THAT(Seen(), ElementsAre("a"));
}

TEST_F(InboxTest, AppliesAMessageOnceThatCameAgainOrOfAPartitionThatIsNotItsOwn) {
  auto inbox = Reader();
  PositionOf(inbox);
  auto messages = Messages(0, {"a", "b", "c"});
  messages.push_back(messages[1]);
  messages.push_back(Messages(0, {"another's"}, 7).front());

  ASSERT_THAT(inbox.Apply(*session_, messages), Succeeds());
  ASSERT_THAT(inbox.Apply(*session_, Messages(2, {"c", "d"})), Succeeds());

  EXPECT_THAT(Seen(), ElementsAre("a", "b", "c", "d"));
}

TEST_F(InboxTest, ReadsAMirroredTopicWholeAtEachStart) {
  auto inbox = Reader(Reading::kWhole);
  PositionOf(inbox);
  ASSERT_THAT(inbox.Apply(*session_, Messages(0, {"a", "b"})), Succeeds());

  auto next_life = Reader(Reading::kWhole);
  EXPECT_EQ(PositionOf(next_life), 0);
  ASSERT_THAT(next_life.Apply(*session_, Messages(0, {"a"})), Succeeds());

  EXPECT_THAT(Seen(), ElementsAre("a", "b", "a"));
}

TEST_F(InboxTest, LetsTwoProcessesMirrorATopicSideBySide) {
  auto one = Reader(Reading::kWhole);
  auto other = Reader(Reading::kWhole);
  PositionOf(one);
  PositionOf(other);

  ASSERT_THAT(one.Apply(*session_, Messages(0, {"a"})), Succeeds());
  ASSERT_THAT(other.Apply(*session_, Messages(0, {"a", "b"})), Succeeds());
  ASSERT_THAT(one.Apply(*session_, Messages(1, {"b"})), Succeeds());

  EXPECT_THAT(Seen(), ElementsAre("a", "a", "b", "b"));
}

}  // namespace
}  // namespace cdiscount::inbox
