// Orders that break the page they stand on, and answers that are no list.
#include <set>

#include "app/readable_pages.hpp"
#include "testing/poll_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::kNoon;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

class BrokenOrdersTest : public fakes::PollTest {
 protected:
  static std::string Id(int i) { return "A-" + std::to_string(100 + i); }
  // The marketplace shows a hundred orders, and they are polled on one page.
  void ShowAHundred() {
    for (int i = 0; i < 100; ++i) source_.Shows(AnOrder(Id(i), "Accepted", kNoon + seconds{i}));
  }
  // Calls beyond the two that a page of a hundred orders costs a poll, and the count of a page read in parts.
  std::size_t ExtraCalls() const { return source_.requests.size() + static_cast<std::size_t>(source_.counts) - 3; }
  Result<PollReport> PollOnce() { return PollOnce(hundred_); }
  Result<PollReport> PollOnce(IngestOrders& ingest) {
    source_.requests.clear();
    source_.counts = 0;
    return Run(ingest.Poll(Lease()));
  }
  // Nothing was ever read.
  void Forget() {
    for (const auto* table : {"orders", "unreadable_order", "outbox_row"}) Execute(std::string("DELETE FROM ") + table);
    Execute("UPDATE account SET cursor_at = NULL, failures = 0");
  }

  IngestOrders hundred_{source_, fingerprints_, *database_, box_, clock_, {}};
};

TEST_F(BrokenOrdersTest, OneCostsAtMostTwentyCallsWhereverItStands) {
  ShowAHundred();
  for (int at = 0; at < 100; at += at < 10 || at >= 90 ? 1 : 5) {
    Forget();
    IngestOrders ingest{source_, fingerprints_, *database_, box_, clock_, {}};
    source_.Breaks(Id(at));

    const auto report = PollOnce(ingest);

    ASSERT_TRUE(report);
    EXPECT_FALSE(report->error) << at << ": " << report->error->message;
    EXPECT_EQ(report->created, 99) << at;
    EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), ElementsAre(Id(at)));
    EXPECT_LE(ExtraCalls(), 20U) << at;
    source_.Repairs(Id(at));
  }
}

TEST_F(BrokenOrdersTest, FourCostAtMostSixtyCalls) {
  ShowAHundred();
  for (int seed = 0; seed < 15; ++seed) {
    Forget();
    IngestOrders ingest{source_, fingerprints_, *database_, box_, clock_, {}};
    std::set<std::string> broken;
    for (int i = 0; broken.size() < 4; ++i) broken.insert(Id((seed * 37 + i * i * 13 + i) % 100));
    for (const auto& id : broken) source_.Breaks(id);

    const auto report = PollOnce(ingest);

    ASSERT_TRUE(report);
    EXPECT_FALSE(report->error);
    EXPECT_EQ(report->created, 96) << "seed " << seed;
    EXPECT_LE(ExtraCalls(), 60U) << "seed " << seed;
    for (const auto& id : broken) source_.Repairs(id);
  }
}

TEST_F(BrokenOrdersTest, CostsItsCallsOnceAndNotAtEveryPoll) {
  ShowAHundred();
  source_.Breaks(Id(40));
  ASSERT_TRUE(PollOnce());

  for (int i = 0; i < 3; ++i) {
    clock_.Advance(seconds{15});
    ASSERT_TRUE(PollOnce());
    EXPECT_EQ(source_.requests.size(), 1U);
  }
}

TEST_F(BrokenOrdersTest, CostsItsCallsOnceAlthoughOthersHaveTheSameTime) {
  ShowAHundred();
  for (int i = 40; i < 60; ++i) source_.Shows(AnOrder(Id(i), "Accepted", kNoon + seconds{40}));
  source_.Breaks(Id(45));
  for (const bool shows_its_time : {true, false}) {
    if (!shows_its_time) source_.HidesTimesOfBrokenOrders();
    ASSERT_TRUE(PollOnce());
    ASSERT_TRUE(PollOnce());

    ASSERT_TRUE(PollOnce());

    EXPECT_EQ(source_.requests.size(), 1U) << (shows_its_time ? "its time is known" : "its time is not known");
    clock_.Advance(minutes{61});
  }
}

TEST_F(BrokenOrdersTest, HidesNoOrderOfItsTimeWhenACallFailsBehindIt) {
  ShowAHundred();
  for (int i = 0; i < 100; ++i) source_.Shows(AnOrder(Id(i), "Accepted", kNoon));
  source_.Shows(AnOrder("Later", "Accepted", kNoon + minutes{54}));
  source_.Breaks(Id(4));
  int calls = 0;
  source_.BeforeEachPage([&](const marketplace::OrdersQuery&) {
    if (++calls == 4) source_.ThenFails({ErrorCode::kUnavailable, "503"});  // the call behind the broken order
  });
  ASSERT_TRUE(PollOnce()->error);

  for (int i = 0; i < 3; ++i) {
    clock_.Advance(seconds{15});
    ASSERT_TRUE(PollOnce());
  }

  EXPECT_EQ(Announced().size(), 100U);
}

TEST_F(BrokenOrdersTest, DelaysAnOrderOfTheOverlapUntilTheNextTryAtMost) {
  ShowAHundred();
  source_.Breaks(Id(99));
  ASSERT_TRUE(PollOnce());
  clock_.Advance(seconds{30});
  source_.Shows(AnOrder("Late", "Accepted", kNoon + seconds{96}));  // appears behind the time at which polls begin
  ASSERT_TRUE(PollOnce());
  source_.Shows(AnOrder("Newer", "Accepted", kNoon + hours{1}));  // and the cursor moves far beyond both
  ASSERT_TRUE(PollOnce());
  source_.Repairs(Id(99));

  clock_.Advance(minutes{2});
  ASSERT_TRUE(PollOnce());

  EXPECT_THAT(Announced(), ::testing::Contains("Late v1 received"));
}

TEST_F(BrokenOrdersTest, IsTriedAgainAfterAPauseThatDoubles) {
  ShowAHundred();
  source_.Breaks(Id(40));
  ASSERT_TRUE(PollOnce());
  const auto first = source_.requests.front().updated_at_min;
  const auto looks_behind = [&] { return source_.requests.front().updated_at_min < kNoon + seconds{40}; };

  clock_.Advance(seconds{61});
  ASSERT_TRUE(PollOnce());
  EXPECT_TRUE(looks_behind());
  EXPECT_GT(source_.requests.front().updated_at_min, first);
  clock_.Advance(seconds{61});
  ASSERT_TRUE(PollOnce());
  EXPECT_FALSE(looks_behind());
  clock_.Advance(seconds{61});
  ASSERT_TRUE(PollOnce());
  EXPECT_TRUE(looks_behind());
}

TEST_F(BrokenOrdersTest, AChangeBehindItIsAnnouncedAtTheNextPoll) {
  ShowAHundred();
  source_.Breaks(Id(99));
  ASSERT_TRUE(PollOnce());
  source_.Shows(AnOrder(Id(3), "Shipped", kNoon + seconds{200}));

  const auto report = PollOnce();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->changed, 1);
  EXPECT_EQ(source_.requests.size(), 1U);
}

TEST_F(BrokenOrdersTest, TooManyEndThePollWithWhatCouldBeRead) {
  ShowAHundred();
  for (int i = 20; i < 90; ++i) source_.Breaks(Id(i));

  const auto report = PollOnce();

  ASSERT_TRUE(report);
  ASSERT_TRUE(report->error);
  EXPECT_THAT(LastError(), ::testing::HasSubstr("too many orders break"));
  EXPECT_GE(report->created, 20);
  EXPECT_LE(source_.requests.size(), 65U);
  EXPECT_EQ(Cursor(), std::nullopt);
}

TEST_F(BrokenOrdersTest, AnswersThatStayCutGiveAllButTheLastOrderAndEndInAnError) {
  ShowAHundred();
  source_.CutsAnswers();

  const auto report = PollOnce();

  ASSERT_TRUE(report);
  ASSERT_TRUE(report->error);
  EXPECT_THAT(LastError(), ::testing::HasSubstr("ends in the middle"));
  EXPECT_EQ(report->created, 99);
  EXPECT_LE(source_.requests.size(), 5U);
}

TEST_F(BrokenOrdersTest, AnAnswerThatIsNoListCostsTwoCallsAndAnError) {
  ShowAHundred();
  for (int i = 0; i < 4; ++i) source_.ThenFails({ErrorCode::kUnreadable, "an HTML page with status 200"});

  const auto report = PollOnce();

  ASSERT_TRUE(report);
  EXPECT_EQ(source_.requests.size(), 2U);
  EXPECT_EQ(LastError(), "an HTML page with status 200");
  EXPECT_GE(Wait(), seconds{15});
}

TEST_F(BrokenOrdersTest, OneBrokenOrderIsSetAsideAndTheOthersGoOn) {
  for (int i = 0; i < 6; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  source_.Breaks("A-2");

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_FALSE(report->error);
  EXPECT_EQ(report->created, 5);
  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), ElementsAre("A-2"));
  EXPECT_THAT(Cursor(), Optional(kNoon + seconds{5}));
}

TEST_F(BrokenOrdersTest, AnOrderThatMovesOverTheBorderOfTwoPartsIsNotMissed) {
  for (int i = 0; i < 4; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  source_.Breaks("A-3");
  bool moved = false;
  source_.BeforeEachPage([&](const marketplace::OrdersQuery& request) {
    // A-0 leaves the window when the second half of the page is asked for: A-2 moves into the first half.
    if (!moved && request.page_size == 2 && request.page_index == 2) {
      moved = true;
      source_.Shows(AnOrder("A-0", "Shipped", clock_.Now() + hours{1}));
    }
  });

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_TRUE(moved);
  EXPECT_THAT(Announced(), ::testing::Contains("A-2 v1 received"));
}

TEST_F(BrokenOrdersTest, AnOrderThatCannotBeFetchedDoesNotMakeThePollFail) {
  source_.Shows(AnOrder("A-1"));
  source_.Breaks("A-1");
  ASSERT_TRUE(Poll());
  source_.FetchesFailWith({ErrorCode::kUnavailable, "500"});
  Execute("UPDATE unreadable_order SET next_try_at = 0");

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_FALSE(report->error);
  EXPECT_EQ(LastError(), "");
}

TEST_F(BrokenOrdersTest, ABrokenOrderIsAskedForAgainUntilItCanBeRead) {
  source_.Shows(AnOrder("A-1"));
  source_.Breaks("A-1");
  ASSERT_TRUE(Poll());
  Execute("UPDATE unreadable_order SET next_try_at = 0");
  ASSERT_TRUE(Poll());
  EXPECT_THAT(source_.single_requests, ElementsAre("A-1"));
  source_.Repairs("A-1");
  Execute("UPDATE unreadable_order SET next_try_at = 0");

  ASSERT_TRUE(Poll());

  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), IsEmpty());
  EXPECT_THAT(Announced(), ElementsAre("A-1 v1 received"));
}

TEST_F(BrokenOrdersTest, APageThatIsWholeTheSecondTimeSetsNoOrderAside) {
  source_.Shows(AnOrder("A-1"));
  source_.ThenFails({ErrorCode::kUnreadable, "the answer ends in the middle"});

  ASSERT_TRUE(Poll());

  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), IsEmpty());
  EXPECT_EQ(Announced().size(), 1U);
}

TEST(FindOrderId, FindsTheIdInACutText) {
  EXPECT_EQ(FindOrderId(R"({"items":[{"orderId": "2610061530ABCDE", "ref)"), "2610061530ABCDE");
  EXPECT_EQ(FindOrderId(R"({"items":[{"orderId": "26100)"), "");
  EXPECT_EQ(FindOrderId(R"({"orderId":null,)"), "");
  EXPECT_EQ(FindOrderId("<html>502</html>"), "");
}

}  // namespace
}  // namespace cdiscount::order_ingest
