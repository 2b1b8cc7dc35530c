#include "domain/compare.hpp"

#include <gtest/gtest.h>

namespace cdiscount::order_ingest {
namespace {

using std::chrono::seconds;

const SysTime kNoon{seconds{1'790'000'000}};

KnownVersion Known() {
  return {.version = 3,
          .status = OrderStatus::kAccepted,
          .updated_at = kNoon,
          .fingerprint = {"content-3", "people"},
          .written_at = 10};
}

Candidate Read(std::string content, SysTime updated_at, std::int64_t asked_at = 10) {
  return {.status = OrderStatus::kInPreparation,
          .updated_at = updated_at,
          .fingerprint = {std::move(content), "people"},
          .asked_at = asked_at};
}

TEST(Compare, TheFirstSightIsAlwaysReceived) {
  const auto decision = Compare(std::nullopt, {.status = OrderStatus::kShipped, .fingerprint = {"c", "people"}});

  EXPECT_EQ(decision.verdict, Verdict::kNew);
  EXPECT_EQ(decision.version, 1);
  EXPECT_EQ(decision.event, OrderEventType::kReceived);
  EXPECT_EQ(decision.status, OrderStatus::kShipped);
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
  EXPECT_EQ(decision.event, OrderEventType::kReadyToShip);
  EXPECT_FALSE(decision.recipients_changed);
}

TEST(Compare, AnOlderAnswerThatArrivesLateIsDropped) {
  EXPECT_EQ(Compare(Known(), Read("content-2", kNoon - seconds{1})).verdict, Verdict::kOlder);
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
  known.before_under_same_stamp = Fingerprint{"content-2", "people"};
  const auto back = Read("content-2", kNoon);

  EXPECT_EQ(Compare(known, back).verdict, Verdict::kFlicker);
  known.times_back = 1;
  EXPECT_EQ(Compare(known, back).verdict, Verdict::kFlicker);
  known.times_back = 2;
  EXPECT_EQ(Compare(known, back).verdict, Verdict::kChanged);
}

TEST(Compare, ContentThatComesBackUnderALaterStampIsBelievedAtOnce) {
  auto known = Known();
  known.before_under_same_stamp = Fingerprint{"content-2", "people"};

  EXPECT_EQ(Compare(known, Read("content-2", kNoon + seconds{1})).verdict, Verdict::kChanged);
}

TEST(Compare, ADeadOrderStaysDeadAndTheChangeIsStillAnnounced) {
  auto known = Known();
  known.status = OrderStatus::kCancelled;

  const auto decision = Compare(known, Read("content-4", kNoon + seconds{1}));

  EXPECT_EQ(decision.verdict, Verdict::kChanged);
  EXPECT_EQ(decision.status, OrderStatus::kCancelled);
  EXPECT_EQ(decision.event, OrderEventType::kChanged);
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
