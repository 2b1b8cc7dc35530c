#include "domain/server_clock.hpp"

#include <gmock/gmock.h>

namespace cdiscount::order_ingest {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;
using ::testing::Optional;

const SysTime kNow{seconds{1'790'000'000}};

TEST(ServerClock, IsOurOwnBeforeTheFirstAnswer) {
  const ServerClock clock;

  EXPECT_EQ(clock.Now(kNow), kNow);
  EXPECT_EQ(clock.Earliest(kNow), kNow);
}

TEST(ServerClock, FollowsTheMarketplaceWhenOurClockRunsAhead) {
  ServerClock clock;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(clock.Answered(kNow - hours{1}, kNow), std::nullopt);

  EXPECT_EQ(clock.Now(kNow), kNow - hours{1});
  EXPECT_EQ(clock.Earliest(kNow), kNow - hours{1});
}

TEST(ServerClock, DoesNotBelieveOneAnswerAgainstTheOthersAndSaysHowFarItIsOff) {
  ServerClock clock;
  for (int i = 0; i < 3; ++i) clock.Answered(kNow, kNow);

  const auto off = clock.Answered(kNow + hours{48}, kNow);

  EXPECT_THAT(off, Optional(microseconds{hours{48}}));
  EXPECT_EQ(clock.Now(kNow), kNow);
  EXPECT_EQ(clock.Earliest(kNow), kNow);
}

TEST(ServerClock, LetsTheCursorWaitForTheSlowestOfTheLastAnswersAndForgetsItAfterFiveMore) {
  ServerClock clock;
  clock.Answered(kNow - hours{48}, kNow);
  EXPECT_EQ(clock.Earliest(kNow), kNow - hours{24});

  for (int i = 0; i < 5; ++i) clock.Answered(kNow, kNow);

  EXPECT_EQ(clock.Earliest(kNow), kNow);
}

TEST(ServerClock, TakesTheEarlierOfTwoThatDisagree) {
  ServerClock clock;
  clock.Answered(kNow, kNow);
  clock.Answered(kNow + hours{1}, kNow);

  EXPECT_EQ(clock.Now(kNow), kNow);
}

TEST(ServerClock, IsNeverMoreThanADayOffOurs) {
  ServerClock clock;
  clock.Answered(SysTime{}, kNow);

  EXPECT_EQ(clock.Now(kNow), kNow - hours{24});
}

}  // namespace
}  // namespace cdiscount::order_ingest
