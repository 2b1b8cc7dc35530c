// A marketplace that keeps to its contract while it is walked: which page is asked for next, and when the cursor moves.
#include "app/page_walk.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <string>
#include <variant>

#include "testing/page_shelf.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::At;
using fakes::Ids;
using fakes::kStart;
using fakes::Shelf;
using fakes::Walk;
using ::testing::Optional;

TEST(PageWalk, AnEmptyWindowMovesNoCursor) {
  Shelf shelf;

  const auto walked = Walk(shelf, {.page_size = 3});

  EXPECT_EQ(walked.pages, 1);
  EXPECT_EQ(walked.cursor, std::nullopt);
}

TEST(PageWalk, OneShortPageIsCertainWithoutACount) {
  Shelf shelf;
  shelf.Put("A", 10);
  shelf.Put("B", 20);

  const auto walked = Walk(shelf, {.page_size = 3, .short_page_ends = 2});

  EXPECT_EQ(walked.pages, 1);
  EXPECT_EQ(walked.counts, 0);
  EXPECT_THAT(walked.cursor, Optional(At(20)));
}

TEST(PageWalk, AShortPageIsBelievedOnlyOnceALargerOneWasSeen) {
  Shelf shelf;
  shelf.Put("A", 10);
  shelf.Put("B", 20);

  const auto walked = Walk(shelf, {.page_size = 3});

  EXPECT_EQ(walked.pages, 2);
  EXPECT_EQ(walked.counts, 0);
  EXPECT_THAT(walked.cursor, Optional(At(20)));
}

TEST(PageWalk, AFullLastPageCostsOneMorePageAndACount) {
  Shelf shelf;
  for (int i = 0; i < 6; ++i) shelf.Put("O" + std::to_string(i), i);

  const auto walked = Walk(shelf, {.page_size = 3});

  EXPECT_EQ(Ids(walked).size(), 6U);
  EXPECT_EQ(walked.counts, 1);
  EXPECT_FALSE(walked.swept);
  EXPECT_THAT(walked.cursor, Optional(At(5)));
}

TEST(PageWalk, MoreEqualStampsThanAPageHoldsAreAllSeen) {
  Shelf shelf;
  for (int i = 0; i < 10; ++i) shelf.Put("R" + std::to_string(i), 5);
  shelf.Put("Z", 6);

  const auto walked = Walk(shelf, {.page_size = 3});

  EXPECT_EQ(Ids(walked).size(), 11U);
  EXPECT_FALSE(walked.swept);
}

TEST(PageWalk, TheCursorMovesAfterEachStretchThatTheCountConfirms) {
  Shelf shelf;
  for (int i = 0; i < 30; ++i) shelf.Put("O" + std::to_string(100 + i), i);

  const auto walked = Walk(shelf, {.page_size = 3, .pages_per_stretch = 3});

  EXPECT_EQ(Ids(walked).size(), 30U);
  EXPECT_GT(walked.cursors.size(), 2U);
  EXPECT_TRUE(std::is_sorted(walked.cursors.begin(), walked.cursors.end()));
  EXPECT_THAT(walked.cursor, Optional(At(29)));
  EXPECT_FALSE(walked.swept);
}

TEST(PageWalk, ACutPageGoesOnBehindTheLastOrderThatItShows) {
  PageWalk walk(kStart, At(1000), {.page_size = 4, .short_page_ends = 3});
  walk.OnPage({{"A", At(1)}, {"B", At(2)}}, PageShape::kCut);

  ASSERT_TRUE(std::holds_alternative<PageWalk::AskPage>(walk.next()));
  EXPECT_EQ(std::get<PageWalk::AskPage>(walk.next()).request.updated_at_min, At(2));
}

TEST(PageWalk, ACutPageThatShowsNoFurtherOrderEndsTheWalkWithAProblem) {
  PageWalk walk(kStart, At(1000), {.page_size = 4});
  walk.OnPage({{"A", At(1)}, {"B", At(2)}}, PageShape::kCut);
  walk.OnPage({{"B", At(2)}}, PageShape::kCut);

  EXPECT_TRUE(std::holds_alternative<PageWalk::Finished>(walk.next()));
  EXPECT_THAT(walk.problem(), ::testing::HasSubstr("ends in the middle"));
  EXPECT_EQ(walk.TakeCursor(), std::nullopt);
}

TEST(PageWalk, APageReadInPartsIsHeldAgainstTheCount) {
  PageWalk walk(kStart, At(1000), {.page_size = 4, .short_page_ends = 4});
  walk.OnPage({{"A", At(1)}, {"B", At(2)}}, PageShape::kInParts);

  EXPECT_TRUE(std::holds_alternative<PageWalk::AskCount>(walk.next()));
}

TEST(PageWalk, WhatCannotBeReadCountsAsSeen) {
  PageWalk walk(kStart, At(1000), {.page_size = 2});
  walk.OnPage({{"A", At(1)}, {"", std::nullopt}});
  walk.OnPage({{"A", At(1)}});
  ASSERT_TRUE(std::holds_alternative<PageWalk::AskCount>(walk.next()));

  walk.OnCount(2);

  EXPECT_TRUE(std::holds_alternative<PageWalk::Finished>(walk.next()));
  EXPECT_FALSE(walk.swept());
}

TEST(PageWalk, APageOfNothingReadableIsPassedByNumber) {
  PageWalk walk(kStart, At(1000), {.page_size = 2});
  walk.OnPage({{"", std::nullopt}, {"", std::nullopt}});

  ASSERT_TRUE(std::holds_alternative<PageWalk::AskPage>(walk.next()));
  EXPECT_EQ(std::get<PageWalk::AskPage>(walk.next()).request.page_index, 2);
}

}  // namespace
}  // namespace cdiscount::order_ingest
