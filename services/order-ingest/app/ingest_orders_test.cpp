#include "app/ingest_orders.hpp"

#include <gmock/gmock.h>

#include "core/testing/fake_clock.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "fakes/an_order.hpp"
#include "fakes/fake_order_source.hpp"
#include "fakes/in_memory_order_store.hpp"

namespace cdiscount::order_ingest {
namespace {

using cdiscount::fakes::RunTask;
using fakes::AnOrder;
using fakes::kNoon;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using Announced = fakes::InMemoryOrderStore::Announced;

class IngestOrdersTest : public ::testing::Test {
 protected:
  Result<PollReport> Poll() { return RunTask(ingest_.Poll(store_.Lease())); }

  cdiscount::fakes::FakeClock clock_{kNoon + hours{1}};
  fakes::FakeOrderSource source_;
  fakes::InMemoryOrderStore store_;
  PollingOptions options_{.walk = {.page_size = 4}};
  int announcements_ = 0;
  IngestOrders ingest_{source_, store_, clock_, options_, [this] { ++announcements_; }};
};

TEST_F(IngestOrdersTest, AnnouncesAnOrderOnceWhenTheMarketplaceShowsItTwice) {
  source_.Shows(AnOrder("A-1"));
  ASSERT_TRUE(Poll());
  source_.Shows(AnOrder("A-2", "InPreparation", kNoon + seconds{1}));

  const auto second = Poll();

  ASSERT_TRUE(second);
  EXPECT_EQ(second->unchanged, 1);
  EXPECT_THAT(store_.announced(), ElementsAre(Announced{"A-1", 1, OrderEventType::kReceived},
                                              Announced{"A-2", 1, OrderEventType::kReceived}));
  EXPECT_EQ(announcements_, 2);
}

TEST_F(IngestOrdersTest, AStatusChangeIsTheNextVersion) {
  source_.Shows(AnOrder("A-1"));
  ASSERT_TRUE(Poll());
  source_.Shows(AnOrder("A-1", "Shipped", kNoon + seconds{30}));

  ASSERT_TRUE(Poll());

  EXPECT_THAT(store_.announced(), ElementsAre(Announced{"A-1", 1, OrderEventType::kReceived},
                                              Announced{"A-1", 2, OrderEventType::kShipped}));
}

TEST_F(IngestOrdersTest, KeepsItsPlaceAndSaysHowLongToWaitWhenThrottled) {
  source_.ThenFails({ErrorCode::kThrottled, "call quota used up", seconds{695}});

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->next_poll_in, seconds{695});
  EXPECT_EQ(store_.cursor(), std::nullopt);
  EXPECT_EQ(store_.ends().back().error, "call quota used up");
}

TEST_F(IngestOrdersTest, WaitsLongerWithEachFailureAndGoesBackToItsPaceAfterwards) {
  for (int i = 0; i < 3; ++i) {
    source_.ThenFails({ErrorCode::kUnavailable, "no answer"});
    ASSERT_TRUE(Poll());
  }
  ASSERT_TRUE(Poll());

  EXPECT_EQ(store_.ends()[0].next_poll_in, seconds{15});
  EXPECT_EQ(store_.ends()[2].next_poll_in, seconds{60});
  EXPECT_EQ(store_.ends()[3].next_poll_in, seconds{15});
}

TEST_F(IngestOrdersTest, BeginsSevenDaysBackAndThenLooksBehindTheCursor) {
  source_.Shows(AnOrder("A-1"));
  ASSERT_TRUE(Poll());
  EXPECT_EQ(source_.requests.front().updated_min, clock_.Now() - hours{24 * 7});
  EXPECT_THAT(store_.cursor(), Optional(kNoon));

  ASSERT_TRUE(Poll());

  EXPECT_EQ(source_.requests.back().updated_min, kNoon - minutes{10});
  EXPECT_EQ(source_.requests.back().updated_max, clock_.Now() - seconds{2});
}

TEST_F(IngestOrdersTest, AnEmptyWindowNeverMovesTheCursor) {
  store_.SetCursor(kNoon);

  ASSERT_TRUE(Poll());

  EXPECT_THAT(store_.cursor(), Optional(kNoon));
}

TEST_F(IngestOrdersTest, AClockOfOursThatRunsAheadDoesNotCarryTheCursorAlong) {
  const auto server_now = kNoon + seconds{1};
  source_.ClockSays(server_now);
  source_.Shows(AnOrder("A-1", "InPreparation", server_now));

  ASSERT_TRUE(Poll());

  EXPECT_THAT(store_.cursor(), Optional(server_now - seconds{2}));
  EXPECT_EQ(store_.announced().size(), 1U);

  ASSERT_TRUE(Poll());
  EXPECT_EQ(source_.requests.back().updated_max, server_now - seconds{2});
}

TEST_F(IngestOrdersTest, OneBrokenOrderIsSetAsideAndTheOthersGoOn) {
  for (int i = 0; i < 6; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  source_.Breaks("A-2");

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_FALSE(report->error);
  EXPECT_EQ(report->created, 5);
  EXPECT_TRUE(store_.unreadable().contains("A-2"));
  EXPECT_THAT(store_.cursor(), Optional(kNoon + seconds{5}));
}

TEST_F(IngestOrdersTest, AnOrderThatMovesOverTheBorderOfTwoPartsIsNotMissed) {
  for (int i = 0; i < 4; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  source_.Breaks("A-3");
  bool moved = false;
  source_.BeforeEachPage([&](const PageRequest& request) {
    // A-0 leaves the window when the second half of the page is asked for: A-2 moves into the first half.
    if (!moved && request.page_size == 2 && request.page_index == 2) {
      moved = true;
      source_.Shows(AnOrder("A-0", "Shipped", clock_.Now() + hours{1}));
    }
  });

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_TRUE(moved);
  EXPECT_THAT(store_.announced(), ::testing::Contains(Announced{"A-2", 1, OrderEventType::kReceived}));
}

TEST_F(IngestOrdersTest, AnOrderThatCannotBeFetchedDoesNotMakeThePollFail) {
  source_.Shows(AnOrder("A-1"));
  source_.Breaks("A-1");
  ASSERT_TRUE(Poll());
  source_.FetchesFailWith({ErrorCode::kUnavailable, "500"});

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_FALSE(report->error);
  EXPECT_EQ(store_.ends().back().error, "");
}

TEST_F(IngestOrdersTest, ABrokenOrderIsAskedForAgainUntilItCanBeRead) {
  source_.Shows(AnOrder("A-1"));
  source_.Breaks("A-1");
  ASSERT_TRUE(Poll());
  ASSERT_TRUE(Poll());
  EXPECT_THAT(source_.single_requests, ElementsAre("A-1"));
  source_.Repairs("A-1");

  ASSERT_TRUE(Poll());

  EXPECT_THAT(store_.unreadable(), IsEmpty());
  EXPECT_THAT(store_.announced(), ElementsAre(Announced{"A-1", 1, OrderEventType::kReceived}));
}

TEST_F(IngestOrdersTest, APageThatIsWholeTheSecondTimeSetsNobodyAside) {
  source_.Shows(AnOrder("A-1"));
  source_.ThenFails({ErrorCode::kUnreadable, "the answer ends in the middle"});

  ASSERT_TRUE(Poll());

  EXPECT_THAT(store_.unreadable(), IsEmpty());
  EXPECT_EQ(store_.announced().size(), 1U);
}

TEST_F(IngestOrdersTest, AnAnswerThatMayBeOlderThanTheStoredVersionIsAskedForAgain) {
  source_.Shows(AnOrder("A-1"));
  ASSERT_TRUE(Poll());
  source_.Shows(AnOrder("A-1", "Shipped"));  // under the same stamp
  auto lease = store_.Lease();
  store_.TouchFromElsewhere("A-1");

  ASSERT_TRUE(RunTask(ingest_.Poll(lease)));

  EXPECT_THAT(source_.single_requests, ElementsAre("A-1"));
  EXPECT_THAT(store_.announced(), ElementsAre(Announced{"A-1", 1, OrderEventType::kReceived},
                                              Announced{"A-1", 2, OrderEventType::kShipped}));
}

TEST_F(IngestOrdersTest, WithoutTheLeaseNothingIsWritten) {
  source_.Shows(AnOrder("A-1"));
  store_.LoseLease();

  EXPECT_THAT(Poll(), cdiscount::fakes::FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(store_.announced(), IsEmpty());
}

TEST_F(IngestOrdersTest, APollThatWeStopIsNoFailure) {
  source_.ThenFails({ErrorCode::kCancelled, "stopped"});

  ASSERT_TRUE(Poll());

  EXPECT_TRUE(store_.ends().back().interrupted);
  EXPECT_EQ(store_.ends().back().error, "");
}

TEST_F(IngestOrdersTest, ABigOverlapIsReadAgainOnceAMinuteOnly) {
  for (int i = 0; i < 20; ++i)
    source_.Shows(AnOrder("A-" + std::to_string(10 + i), "Accepted", kNoon + seconds{i * 10}));
  ASSERT_TRUE(Poll());
  source_.requests.clear();

  ASSERT_TRUE(Poll());

  EXPECT_EQ(source_.requests.front().updated_min, kNoon + seconds{190 - 30});

  clock_.Advance(minutes{1});
  source_.requests.clear();
  ASSERT_TRUE(Poll());
  EXPECT_EQ(source_.requests.front().updated_min, kNoon + seconds{190} - minutes{10});
}

TEST_F(IngestOrdersTest, AnIdleAccountIsAskedLessOften) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Poll());

  EXPECT_EQ(store_.ends()[18].next_poll_in, seconds{15});
  EXPECT_EQ(store_.ends()[19].next_poll_in, seconds{60});
}

TEST(FindOrderId, FindsTheIdInACutText) {
  EXPECT_EQ(FindOrderId(R"({"items":[{"orderId": "2610061530ABCDE", "ref)"), "2610061530ABCDE");
  EXPECT_EQ(FindOrderId(R"({"items":[{"orderId": "26100)"), "");
  EXPECT_EQ(FindOrderId(R"({"orderId":null,)"), "");
  EXPECT_EQ(FindOrderId("<html>502</html>"), "");
}

}  // namespace
}  // namespace cdiscount::order_ingest
