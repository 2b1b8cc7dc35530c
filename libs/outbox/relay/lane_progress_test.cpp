#include "outbox/relay/lane_progress.hpp"

#include <gmock/gmock.h>

namespace cdiscount::outbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const StreamId kA{"orders", 0};
const StreamId kB{"orders", 1};

/// Stream a: 5 rows numbered, 3 published, the database knows of 2. Stream b: 2 numbered, none published.
LaneProgress AProgress() {
  return {{{kA, {.counter = 5, .published = 2}}, {kB, {.counter = 2}}}, {{kA, {3, "v1"}}}};
}

TEST(LaneProgress, BeginsWithAnotherStreamEachTime) {
  auto progress = AProgress();

  const auto first = progress.Waiting();
  const auto second = progress.Waiting();

  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].stream, kA);
  EXPECT_EQ(first[0].published, 3);
  EXPECT_EQ(second[0].stream, kB);
  EXPECT_EQ(second[0].published, 0);
}

TEST(LaneProgress, HasNothingToDoOnceAllThatWasNumberedIsPublishedOrParked) {
  auto progress = AProgress();
  EXPECT_TRUE(progress.RowsWait());

  progress.Published({{kA, {5, "v1"}}, {kB, {1, "v1"}}});
  progress.Parked(kB);

  EXPECT_FALSE(progress.RowsWait());
  EXPECT_THAT(progress.Waiting(), IsEmpty());
  progress.Numbered({{kB, 2}});
  EXPECT_TRUE(progress.RowsWait());
}

TEST(LaneProgress, RemembersWhatTheDatabaseWasNotTold) {
  auto progress = AProgress();
  EXPECT_THAT(progress.Unnoted(), ElementsAre(Pair(kA, 3)));

  progress.Noted({{kA, 3}});
  EXPECT_THAT(progress.Unnoted(), IsEmpty());
  progress.Published({{kA, {4, "v1"}}});
  progress.SawLogEnds({{kA, 9}});

  EXPECT_THAT(progress.Unnoted(), ElementsAre(Pair(kA, 4)));
  EXPECT_THAT(progress.log_ends(), ElementsAre(Pair(kA, 9)));
  EXPECT_EQ(progress.streams().at(kA).log_end, 9);
}

}  // namespace
}  // namespace cdiscount::outbox
