// A marketplace whose stamps, clock, pages or counts are odd.
#include "testing/poll_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::kNoon;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::Optional;

class OddAnswersTest : public fakes::PollTest {};

TEST_F(OddAnswersTest, AStampThatStepsBackWithNewContentIsAskedForAloneAndAnnouncedInTheSamePoll) {
  source_.Shows(AnOrder("A-1", "Accepted"));
  ASSERT_TRUE(Poll());
  source_.Shows(AnOrder("A-1", "InPreparation", kNoon - minutes{5}));

  const auto report = Poll();
  const auto next = Poll();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->set_back, 1);
  EXPECT_THAT(Announced(), ElementsAre("A-1 v1 received", "A-1 v2 ready_to_ship"));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->set_back + next->older + next->changed, 0) << "the stamp that was set back is the stored one";
}

TEST_F(OddAnswersTest, AClockOfOursThatRunsAheadDoesNotCarryTheCursorAlong) {
  const auto server_now = kNoon + seconds{1};
  source_.ClockSays(server_now);
  source_.Shows(AnOrder("A-1", "InPreparation", server_now));

  ASSERT_TRUE(Poll());

  EXPECT_THAT(Cursor(), Optional(server_now - seconds{2}));
  EXPECT_EQ(Announced().size(), 1U);
}

TEST_F(OddAnswersTest, AWrongDateStopsNoCallAndMovesNoCursor) {
  source_.ClockSays(clock_.Now());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Poll());
  source_.ClockSays(SysTime{});  // 1970
  source_.Shows(AnOrder("A-1"));

  const auto odd = Poll();

  ASSERT_TRUE(odd);
  EXPECT_FALSE(odd->error);
  EXPECT_THAT(odd->oddities, ElementsAre(::testing::HasSubstr("Date")));
  EXPECT_EQ(Announced().size(), 1U);
  EXPECT_THAT(Cursor(), Optional(clock_.Now() - hours{24} - seconds{2}));  // held back by a day at most
  source_.ClockSays(clock_.Now());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Poll());
  EXPECT_THAT(Cursor(), Optional(kNoon));
}

TEST_F(OddAnswersTest, AnOrderThatChangesEverySecondIsAnnouncedAtEveryPoll) {
  for (int second = 0; second < 10; ++second) {
    const auto now = kNoon + seconds{second};
    clock_.SetWallClock(now);
    source_.ClockSays(now);
    source_.Shows(AnOrder("Busy", second % 2 == 0 ? "Accepted" : "InPreparation", now));

    ASSERT_TRUE(Poll());

    EXPECT_EQ(Announced().size(), static_cast<std::size_t>(second + 1));
  }
}

TEST_F(OddAnswersTest, APageLimitOfTheMarketplaceHidesNoOrder) {
  for (int i = 0; i < 9; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  source_.LimitsPagesTo(2);

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->created, 9);
  EXPECT_THAT(Cursor(), Optional(kNoon + seconds{8}));
}

TEST_F(OddAnswersTest, WithoutACountEveryOrderIsReadAndSaid) {
  for (int i = 0; i < 30; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  source_.CountsFailWith({ErrorCode::kNotFound, "404"});

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_FALSE(report->error);
  EXPECT_EQ(report->created, 30);
  EXPECT_THAT(report->oddities, ElementsAre(::testing::HasSubstr("did not count")));
  EXPECT_THAT(Cursor(), Optional(kNoon + seconds{29}));
}

TEST_F(OddAnswersTest, AnAnswerThatMayBeOlderThanTheStoredVersionIsAskedForAgain) {
  source_.Shows(AnOrder("A-1"));
  ASSERT_TRUE(Poll());
  source_.Shows(AnOrder("A-1", "Shipped"));  // under the same stamp
  const auto lease = Lease();
  Execute("UPDATE account SET write_counter = write_counter + 1");  // another poll stored it after our lease was made
  Execute("UPDATE orders SET written_at = (SELECT write_counter FROM account)");

  ASSERT_TRUE(Run(ingest_.Poll(lease)));

  EXPECT_THAT(source_.single_requests, ElementsAre("A-1"));
  EXPECT_THAT(Announced(), ElementsAre("A-1 v1 received", "A-1 v2 shipped"));
}

}  // namespace
}  // namespace cdiscount::order_ingest
