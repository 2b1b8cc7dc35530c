// A walk through pages with a limit of the marketplace's own, page numbers beyond the last, no order or no count.
#include "app/page_walk.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "testing/page_shelf.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::At;
using fakes::Ids;
using fakes::kStart;
using fakes::Shelf;
using fakes::Walk;
using ::testing::Optional;

TEST(PageWalk, APageLimitOfTheMarketplaceHidesNoOrder) {
  Shelf shelf;
  shelf.LimitPagesTo(50);
  for (int i = 0; i < 180; ++i) shelf.Put("O" + std::to_string(i), i % 60);

  const auto walked = Walk(shelf, {});

  EXPECT_EQ(Ids(walked).size(), 180U);
  EXPECT_THAT(walked.cursor, Optional(At(59)));
}

TEST(PageWalk, APageLimitHidesNoOrderOfARunOfEqualStamps) {
  Shelf shelf;
  shelf.LimitPagesTo(50);
  for (int i = 0; i < 180; ++i) shelf.Put("O" + std::to_string(i), 5);

  EXPECT_EQ(Ids(Walk(shelf, {})).size(), 180U);
}

TEST(PageWalk, APageLimitThatCameLaterIsFoundByTheNextVerification) {
  Shelf shelf;
  shelf.LimitPagesTo(50);
  for (int i = 0; i < 180; ++i) shelf.Put("O" + std::to_string(i), i);

  EXPECT_EQ(Ids(Walk(shelf, {.short_page_ends = 99})).size(), 50U);
  EXPECT_EQ(Ids(Walk(shelf, {.short_page_ends = 99, .verify = true})).size(), 180U);
}

TEST(PageWalk, APageNumberBeyondTheLastThatShowsTheLastPageAgainEndsTheRun) {
  Shelf shelf;
  shelf.ClampPageNumbers();
  for (int i = 0; i < 100; ++i) shelf.Put("R" + std::to_string(i), 5);

  const auto walked = Walk(shelf, {});

  EXPECT_EQ(Ids(walked).size(), 100U);
  EXPECT_LE(walked.pages, 5);
  EXPECT_EQ(walked.problem, "");
}

TEST(PageWalk, APageNumberBeyondTheLastThatShowsTheLastPageAgainEndsTheSweep) {
  Shelf shelf;
  shelf.ClampPageNumbers();
  shelf.IgnoreSort();
  for (int i = 0; i < 12; ++i) shelf.Put("O" + std::to_string(i), (i * 7) % 12);

  const auto walked = Walk(shelf, {.page_size = 3});

  EXPECT_EQ(Ids(walked).size(), 12U);
  EXPECT_LE(walked.pages, 20);
  EXPECT_EQ(walked.problem, "");
}

TEST(PageWalk, PagesOfNothingReadableEndAlthoughTheirNumberIsClamped) {
  PageWalk walk(kStart, At(1000), {.page_size = 2});

  int pages = 0;
  while (std::holds_alternative<PageWalk::AskPage>(walk.next()) && pages < 50) {
    walk.OnPage({{"", std::nullopt}, {"", std::nullopt}});
    ++pages;
  }

  EXPECT_LT(pages, 50);
}

TEST(PageWalk, PagesThatAreNotSortedAreSweptAndTheCursorMovesOnceAtTheEnd) {
  Shelf shelf;
  shelf.IgnoreSort();
  for (int i = 0; i < 10; ++i) shelf.Put("O" + std::to_string(i), (i * 7) % 10);

  const auto walked = Walk(shelf, {.page_size = 3});

  EXPECT_TRUE(walked.swept);
  EXPECT_EQ(Ids(walked).size(), 10U);
  EXPECT_EQ(walked.cursors, std::vector<SysTime>{At(9)});
}

TEST(PageWalk, ASortThatOnlyLooksRightIsFoundByTheCount) {
  Shelf shelf;
  shelf.IgnoreSort();  // sorted by id instead: the first page looks sorted, the order after it has an older stamp
  shelf.Put("A", 10);
  shelf.Put("B", 11);
  shelf.Put("C", 30);
  shelf.Put("D", 12);
  shelf.Put("E", 31);

  const auto walked = Walk(shelf, {.page_size = 3});

  EXPECT_TRUE(walked.swept);
  EXPECT_EQ(Ids(walked).size(), 5U);
}

TEST(PageWalk, ALongSweepGoesInPartsAndTheCursorMovesAfterEach) {
  Shelf shelf;
  shelf.IgnoreSort();
  for (int i = 0; i < 120; ++i) shelf.Put("O" + std::to_string(100 + (i * 37) % 120), i * 8);

  const auto walked = Walk(shelf, {.page_size = 3, .pages_per_stretch = 5});

  EXPECT_TRUE(walked.swept);
  EXPECT_EQ(Ids(walked).size(), 120U);
  EXPECT_GT(walked.cursors.size(), 3U);
  EXPECT_TRUE(std::is_sorted(walked.cursors.begin(), walked.cursors.end()));
  EXPECT_THAT(walked.cursor, Optional(At(119 * 8)));
}

TEST(PageWalk, WithoutACountTheWindowIsSweptAndTheCursorMoves) {
  Shelf shelf;
  for (int i = 0; i < 30; ++i) shelf.Put("O" + std::to_string(100 + i), i);

  const auto walked = Walk(shelf, {.page_size = 3, .pages_per_stretch = 4}, At(1000), [](int) {}, false);

  EXPECT_TRUE(walked.swept);
  EXPECT_EQ(Ids(walked).size(), 30U);
  EXPECT_THAT(walked.cursor, Optional(At(29)));
}

}  // namespace
}  // namespace cdiscount::order_ingest
