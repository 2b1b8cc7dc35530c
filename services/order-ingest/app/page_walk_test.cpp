#include "app/page_walk.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <random>
#include <tuple>

namespace cdiscount::order_ingest {
namespace {

using std::chrono::seconds;
using ::testing::Optional;

const SysTime kStart{seconds{1'790'000'000}};

SysTime At(int second) {
  return kStart + seconds{second};
}

// A marketplace in memory: answers pages as the contract says, and lets a test change it between two of them.
class Shelf {
 public:
  void Put(const std::string& id, int second) { stamps_[id] = At(second); }
  void HideFromLists(const std::string& id) { hidden_.insert(id); }
  void IgnoreSort() { sorted_ = false; }
  void LimitPagesTo(std::size_t orders) { limit_ = orders; }
  /// A page number beyond the last shows the last page again.
  void ClampPageNumbers() { clamps_ = true; }

  std::vector<SeenOrder> Page(const marketplace::OrdersQuery& request) const {
    auto all = Between(*request.updated_at_min, request.updated_at_max.value_or(SysTime::max()));
    if (sorted_) {
      std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::tie(a.updated_at, a.id) < std::tie(b.updated_at, b.id);
      });
    }
    const auto size = std::min(limit_, static_cast<std::size_t>(request.page_size));
    auto from = static_cast<std::size_t>(request.page_index - 1) * size;
    if (from >= all.size()) from = clamps_ && !all.empty() ? (all.size() - 1) / size * size : all.size();
    const auto to = std::min(all.size(), from + size);
    return {all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to)};
  }
  std::int64_t Count(SysTime min, SysTime max) const { return static_cast<std::int64_t>(Between(min, max).size()); }
  const std::map<std::string, SysTime>& stamps() const { return stamps_; }

 private:
  std::vector<SeenOrder> Between(SysTime min, SysTime max) const {
    std::vector<SeenOrder> found;
    for (const auto& [id, stamp] : stamps_) {
      if (stamp >= min && stamp <= max && !hidden_.contains(id)) found.push_back({id, stamp});
    }
    return found;
  }
  std::map<std::string, SysTime> stamps_;
  std::set<std::string> hidden_;
  bool sorted_ = true;
  bool clamps_ = false;
  std::size_t limit_ = 100;
};

struct Walked {
  std::set<std::pair<std::string, SysTime>> seen;
  std::optional<SysTime> cursor;
  std::vector<SysTime> cursors;
  int counts = 0;
  bool swept = false;
  int pages = 0;
  std::string problem;
};

Walked Walk(
    Shelf& shelf, WalkOptions options, SysTime horizon = At(1000),
    const std::function<void(int page)>& between = [](int) {}, bool counts = true) {
  PageWalk walk(kStart, horizon, options);
  Walked result;
  for (int asked = 0; asked < 5000; ++asked) {
    if (const auto* page = std::get_if<PageWalk::AskPage>(&walk.next())) {
      const auto items = shelf.Page(page->request);
      for (const auto& item : items) result.seen.emplace(item.id, *item.updated_at);
      walk.OnPage(items);
      between(walk.pages());
    } else if (const auto* count = std::get_if<PageWalk::AskCount>(&walk.next())) {
      ++result.counts;
      if (counts) {
        walk.OnCount(shelf.Count(count->min, count->max));
      } else {
        walk.OnNoCount();
      }
    } else {
      result.swept = walk.swept();
      result.pages = walk.pages();
      result.problem = walk.problem();
      return result;
    }
    if (const auto cursor = walk.TakeCursor()) {
      result.cursor = cursor;
      result.cursors.push_back(*cursor);
    }
  }
  ADD_FAILURE() << "the walk does not end";
  return result;
}

std::set<std::string> Ids(const Walked& walked) {
  std::set<std::string> ids;
  for (const auto& [id, stamp] : walked.seen) ids.insert(id);
  return ids;
}

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

TEST(PageWalk, WithoutACountTheWindowIsSweptAndTheCursorMoves) {
  Shelf shelf;
  for (int i = 0; i < 30; ++i) shelf.Put("O" + std::to_string(100 + i), i);

  const auto walked = Walk(shelf, {.page_size = 3, .pages_per_stretch = 4}, At(1000), [](int) {}, false);

  EXPECT_TRUE(walked.swept);
  EXPECT_EQ(Ids(walked).size(), 30U);
  EXPECT_THAT(walked.cursor, Optional(At(29)));
}

TEST(PageWalk, AnOrderThatChangesDuringEveryCallIsSeenAndTheWalkEnds) {
  Shelf shelf;
  for (int i = 0; i < 7; ++i) shelf.Put("O" + std::to_string(i), i);
  int second = 100;

  const auto walked = Walk(shelf, {.page_size = 3}, At(99), [&](int) { shelf.Put("Busy", ++second); });

  EXPECT_TRUE(Ids(walked).contains("Busy"));
  EXPECT_EQ(walked.problem, "");
}

TEST(PageWalk, PagesThatChangeWithoutEndEndTheWalkWithAProblem) {
  PageWalk walk(kStart, At(1), {.page_size = 2});

  int id = 0;
  while (std::holds_alternative<PageWalk::AskPage>(walk.next()) && id < 1000) {
    // Not sorted, and different orders each time.
    const auto& request = std::get<PageWalk::AskPage>(walk.next()).request;
    if (request.page_index % 2 == 0) {
      walk.OnPage({});
    } else {
      ++id;
      walk.OnPage({{"N" + std::to_string(id), At(1)}, {"N" + std::to_string(id), At(0)}});
    }
  }

  EXPECT_THAT(walk.problem(), ::testing::HasSubstr("changed at each of"));
  EXPECT_EQ(walk.TakeCursor(), std::nullopt);
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

TEST(PageWalk, AChangeInsideARunHidesNobody) {
  Shelf shelf;
  for (int i = 0; i < 9; ++i) shelf.Put("R" + std::to_string(i), 5);

  // R0 leaves the run after the second page: what was first on the third page moves onto the second.
  const auto walked = Walk(shelf, {.page_size = 3}, At(1000), [&](int page) {
    if (page == 2) shelf.Put("R0", 50);
  });

  EXPECT_EQ(Ids(walked).size(), 9U);
  EXPECT_TRUE(walked.seen.contains({"R0", At(50)}));
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

// Whatever changes between two pages: each order that stays as it is during the walk is seen, and the cursor passes no
// order that was not seen as it is.
class ShiftingPagesTest : public ::testing::TestWithParam<int> {};

TEST_P(ShiftingPagesTest, NoOrderThatStaysInTheWindowIsMissed) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  Shelf shelf;
  const int orders = 5 + below(60);
  const int seconds_used = 1 + below(12);  // few seconds: long runs of equal stamps
  for (int i = 0; i < orders; ++i) shelf.Put("O" + std::to_string(i), below(seconds_used));
  int clock = 100;  // changes get stamps behind the window, as on a real marketplace
  std::set<std::string> touched;

  const auto walked = Walk(shelf, {.page_size = 2 + below(6), .pages_per_stretch = 2 + below(5)}, At(99), [&](int) {
    if (below(3) == 0) {
      const auto id = "O" + std::to_string(below(orders));
      touched.insert(id);
      shelf.Put(id, ++clock);
    }
  });

  const auto ids = Ids(walked);
  for (const auto& [id, stamp] : shelf.stamps()) {
    if (!touched.contains(id)) {
      EXPECT_TRUE(ids.contains(id)) << id << " of " << orders << ", seed " << GetParam();
    }
  }
  for (const auto& [id, stamp] : shelf.stamps()) {
    if (walked.cursor && stamp <= *walked.cursor) {
      EXPECT_TRUE(walked.seen.contains({id, stamp})) << id << " lies behind the cursor, seed " << GetParam();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ShiftingPagesTest, ::testing::Range(1, 200));

}  // namespace
}  // namespace cdiscount::order_ingest
