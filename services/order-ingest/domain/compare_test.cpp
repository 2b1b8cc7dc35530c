#include "domain/compare.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cdiscount::order_ingest {
namespace {

using std::chrono::seconds;

const SysTime kNoon{seconds{1'790'000'000}};

KnownVersion Known() {
  return {.version = 3,
          .status = ORDER_STATUS_ACCEPTED,
          .updated_at = kNoon,
          .fingerprint = {"content-3", "people"},
          .written_at = 10};
}

Candidate Read(std::string content, SysTime updated_at, std::int64_t asked_at = 10) {
  return {.status = ORDER_STATUS_IN_PREPARATION,
          .updated_at = updated_at,
          .fingerprint = {std::move(content), "people"},
          .asked_at = asked_at};
}

TEST(Compare, TheFirstSightIsAlwaysReceived) {
  const auto decision = Compare(std::nullopt, {.status = ORDER_STATUS_SHIPPED, .fingerprint = {"c", "people"}});

  EXPECT_EQ(decision.verdict, Verdict::kNew);
  EXPECT_EQ(decision.version, 1);
  EXPECT_EQ(decision.event, ORDER_EVENT_TYPE_RECEIVED);
  EXPECT_EQ(decision.status, ORDER_STATUS_SHIPPED);
  EXPECT_TRUE(decision.recipients_changed);
}

TEST(Compare, AnOrderWithoutPeopleAnnouncesNone) {
  EXPECT_FALSE(Compare(std::nullopt, {.fingerprint = {"c", ""}}).recipients_changed);
}

TEST(Compare, TheSameContentIsTheSameVersionWhateverItsStamp) {
  EXPECT_EQ(Compare(Known(), Read("content-3", kNoon)).verdict, Verdict::kUnchanged);
  EXPECT_EQ(Compare(Known(), Read("content-3", kNoon + seconds{5})).verdict, Verdict::kUnchanged);
}

TEST(Compare, ALaterStampWithOtherContentIsTheNextVersion) {
  const auto decision = Compare(Known(), Read("content-4", kNoon + seconds{1}));

  EXPECT_EQ(decision.verdict, Verdict::kChanged);
  EXPECT_EQ(decision.version, 4);
  EXPECT_EQ(decision.event, ORDER_EVENT_TYPE_READY_TO_SHIP);
  EXPECT_FALSE(decision.recipients_changed);
}

TEST(Compare, AnOlderAnswerIsDroppedAndItsOrderAskedForAlone) {
  const auto decision = Compare(Known(), Read("content-2", kNoon - seconds{1}));

  EXPECT_EQ(decision.verdict, Verdict::kOlder);
  EXPECT_TRUE(decision.ask_again);
  EXPECT_EQ(decision.version, 3);
}

TEST(Compare, AnOlderStampWithTheSameContentIsNotWorthACall) {
  const auto decision = Compare(Known(), Read("content-3", kNoon - seconds{1}));

  EXPECT_EQ(decision.verdict, Verdict::kOlder);
  EXPECT_FALSE(decision.ask_again);
}

TEST(Compare, AnOlderStampIsBelievedWhenTheOrderWasAskedForAloneAfterTheVersionWasStored) {
  auto alone = Read("content-4", kNoon - std::chrono::minutes{5}, 10);
  alone.alone = true;

  const auto decision = Compare(Known(), alone);

  EXPECT_EQ(decision.verdict, Verdict::kSetBack);
  EXPECT_EQ(decision.version, 4);
  EXPECT_EQ(decision.event, ORDER_EVENT_TYPE_READY_TO_SHIP);
}

TEST(Compare, AnAnswerToACallForTheOrderAloneThatWentOutBeforeTheVersionWasStoredStaysDropped) {
  auto alone = Read("content-4", kNoon - seconds{1}, 9);
  alone.alone = true;

  const auto decision = Compare(Known(), alone);

  EXPECT_EQ(decision.verdict, Verdict::kOlder);
  EXPECT_FALSE(decision.ask_again) << "a call for it alone never leads to another one";
}

TEST(Compare, AListThatStaysBehindAsksLessAndLess) {
  auto known = Known();
  auto older = Read("content-2", kNoon - seconds{1});
  older.now = kNoon;
  known.ask_older_from = kNoon + seconds{1};
  EXPECT_FALSE(Compare(known, older).ask_again);
  known.ask_older_from = kNoon;
  EXPECT_TRUE(Compare(known, older).ask_again);

  EXPECT_EQ(PauseAfterOlder(1), std::chrono::minutes{1});
  EXPECT_EQ(PauseAfterOlder(3), std::chrono::minutes{4});
  EXPECT_EQ(PauseAfterOlder(1000), std::chrono::minutes{60});
}

TEST(Compare, APauseThatAClockSetBackMadeLongerThanTheLongestIsNotObeyed) {
  auto known = Known();
  known.ask_older_from = kNoon + std::chrono::hours{24};
  auto older = Read("content-2", kNoon - seconds{1});
  older.now = kNoon;

  EXPECT_TRUE(Compare(known, older).ask_again);
}

TEST(Compare, UnderOneStampTheAnswerCountsThatWasAskedForAfterTheVersionWasStored) {
  EXPECT_EQ(Compare(Known(), Read("content-4", kNoon, 10)).verdict, Verdict::kChanged);
  EXPECT_EQ(Compare(Known(), Read("content-4", kNoon, 9)).verdict, Verdict::kAskAgain);
}

TEST(Compare, WithoutAStampTheLaterAnswerCounts) {
  auto next = Read("content-4", kNoon);
  next.updated_at = std::nullopt;

  EXPECT_EQ(Compare(Known(), next).verdict, Verdict::kChanged);
}

TEST(Compare, ContentThatComesBackUnderOneStampMustHoldStillFirst) {
  auto known = Known();
  known.earlier = {{"content-2", "people"}};
  const auto back = Read("content-2", kNoon);

  const auto first = Compare(known, back);
  EXPECT_EQ(first.verdict, Verdict::kFlicker);
  EXPECT_EQ(first.times_back, 1);
  known.back = back.fingerprint;
  known.times_back = 1;
  EXPECT_EQ(Compare(known, back).verdict, Verdict::kFlicker);
  known.times_back = 2;
  EXPECT_EQ(Compare(known, back).verdict, Verdict::kChanged);
}

TEST(Compare, ARoundOfThreeContentsUnderOneStampIsDampedToo) {
  auto known = Known();
  known.earlier = {{"content-1", "people"}, {"content-2", "people"}};

  EXPECT_EQ(Compare(known, Read("content-1", kNoon)).verdict, Verdict::kFlicker);
  EXPECT_EQ(Compare(known, Read("content-2", kNoon)).verdict, Verdict::kFlicker);
  EXPECT_EQ(Compare(known, Read("content-4", kNoon)).verdict, Verdict::kChanged) << "never seen before";
}

TEST(Compare, OnlyReadsInARowOfTheSameContentCount) {
  auto known = Known();
  known.earlier = {{"content-1", "people"}, {"content-2", "people"}};
  known.back = Fingerprint{"content-1", "people"};
  known.times_back = 2;

  const auto other = Compare(known, Read("content-2", kNoon));

  EXPECT_EQ(other.verdict, Verdict::kFlicker);
  EXPECT_EQ(other.times_back, 1);
}

TEST(Compare, RemembersAFewContentsUnderOneStampAndEachOnce) {
  auto known = Known();
  for (int i = 0; i < 100; ++i) {
    const Fingerprint next{"content-" + std::to_string(100 + i), "people"};
    known.earlier = EarlierAfter(known, next);
    known.fingerprint = next;
  }
  EXPECT_EQ(known.earlier.size(), kMostEarlier);
  EXPECT_EQ(known.earlier.back().content, "content-198");

  const auto again = EarlierAfter(known, {"content-198", "people"});

  EXPECT_EQ(again.size(), kMostEarlier);
  EXPECT_EQ(again.back().content, "content-199");
}

TEST(Compare, ContentThatComesBackWithAStampSeenBeforeMustHoldStillFirst) {
  auto known = Known();  // the stamp was set back: the content before it had a later one
  known.newest_stamp = kNoon + seconds{5};
  known.earlier = {{"content-2", "people"}};

  EXPECT_EQ(Compare(known, Read("content-2", kNoon + seconds{5})).verdict, Verdict::kFlicker);
  EXPECT_EQ(Compare(known, Read("content-4", kNoon + seconds{4})).verdict, Verdict::kChanged) << "never seen before";
  EXPECT_EQ(Compare(known, Read("content-2", kNoon + seconds{6})).verdict, Verdict::kChanged) << "a newest stamp";
}

TEST(Compare, AnAnswerAskedForBeforeTheStampWasSetBackIsAskedForAgain) {
  auto known = Known();
  known.newest_stamp = kNoon + seconds{5};

  EXPECT_EQ(Compare(known, Read("content-2", kNoon + seconds{5}, 9)).verdict, Verdict::kAskAgain);
  EXPECT_EQ(Compare(known, Read("content-4", kNoon + seconds{6}, 9)).verdict, Verdict::kChanged) << "a newest stamp";
}

TEST(Compare, ContentThatComesBackUnderALaterStampIsBelievedAtOnce) {
  auto known = Known();
  known.earlier = {{"content-2", "people"}};

  EXPECT_EQ(Compare(known, Read("content-2", kNoon + seconds{1})).verdict, Verdict::kChanged);
}

TEST(Compare, ADeadOrderStaysDeadAndTheChangeIsStillAnnounced) {
  auto known = Known();
  known.status = ORDER_STATUS_CANCELLED;

  const auto decision = Compare(known, Read("content-4", kNoon + seconds{1}));

  EXPECT_EQ(decision.verdict, Verdict::kChanged);
  EXPECT_EQ(decision.status, ORDER_STATUS_CANCELLED);
  EXPECT_EQ(decision.event, ORDER_EVENT_TYPE_CHANGED);
}

TEST(Compare, OtherPeopleAreAnotherVersion) {
  auto next = Read("content-3", kNoon + seconds{1});
  next.fingerprint.recipients = "others";

  const auto decision = Compare(Known(), next);

  EXPECT_EQ(decision.verdict, Verdict::kChanged);
  EXPECT_TRUE(decision.recipients_changed);
}

}  // namespace
}  // namespace cdiscount::order_ingest
