// A walk through pages whose orders change while it goes on.
#include "app/page_walk.hpp"

#include <gmock/gmock.h>

#include <random>
#include <set>
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

TEST(PageWalk, AnOrderThatChangesDuringEveryCallIsSeenAndTheWalkEnds) {
  Shelf shelf;
  for (int i = 0; i < 7; ++i) shelf.Put("O" + std::to_string(i), i);
  int second = 100;

  const auto walked = Walk(shelf, {.page_size = 3}, At(99), [&](int) { shelf.Put("Busy", ++second); });

  EXPECT_TRUE(Ids(walked).contains("Busy"));
  EXPECT_EQ(walked.problem, "");
}

TEST(PageWalk, AChangeInsideARunHidesNoOrder) {
  Shelf shelf;
  for (int i = 0; i < 9; ++i) shelf.Put("R" + std::to_string(i), 5);

  // R0 leaves the run after the second page: the first order of the third page moves onto the second.
  const auto walked = Walk(shelf, {.page_size = 3}, At(1000), [&](int page) {
    if (page == 2) shelf.Put("R0", 50);
  });

  EXPECT_EQ(Ids(walked).size(), 9U);
  EXPECT_TRUE(walked.seen.contains({"R0", At(50)}));
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

// After any changes between two pages: each order that stays as it is during the walk is seen, and the cursor passes no
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
