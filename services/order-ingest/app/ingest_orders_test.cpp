#include "app/ingest_orders.hpp"

#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include "core/testing/fake_clock.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "fakes/an_order.hpp"
#include "fakes/fake_order_source.hpp"
#include "fakes/in_memory_order_store.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace asio = boost::asio;
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
  EXPECT_EQ(second->created, 1);
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
  EXPECT_EQ(source_.requests.back().updated_max, std::nullopt);
}

TEST_F(IngestOrdersTest, AStampThatStepsBackWithNewContentIsAskedForAloneAndAnnouncedInTheSamePoll) {
  source_.Shows(AnOrder("A-1", "Accepted"));
  ASSERT_TRUE(Poll());
  source_.Shows(AnOrder("A-1", "InPreparation", kNoon - minutes{5}));

  const auto report = Poll();
  const auto next = Poll();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->set_back, 1);
  EXPECT_THAT(store_.announced(), ElementsAre(Announced{"A-1", 1, OrderEventType::kReceived},
                                              Announced{"A-1", 2, OrderEventType::kReadyToShip}));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->set_back + next->older + next->changed, 0) << "the stamp that was set back is the stored one";
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
}

TEST_F(IngestOrdersTest, AWrongDateStopsNoCallAndMovesNoCursor) {
  source_.ClockSays(clock_.Now());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Poll());
  source_.ClockSays(SysTime{});  // 1970
  source_.Shows(AnOrder("A-1"));

  const auto odd = Poll();

  ASSERT_TRUE(odd);
  EXPECT_FALSE(odd->error);
  EXPECT_THAT(odd->oddities, ElementsAre(::testing::HasSubstr("Date")));
  EXPECT_EQ(store_.announced().size(), 1U);
  EXPECT_THAT(store_.cursor(), Optional(clock_.Now() - hours{24} - seconds{2}));  // held back by a day at most
  source_.ClockSays(clock_.Now());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Poll());
  EXPECT_THAT(store_.cursor(), Optional(kNoon));
}

TEST_F(IngestOrdersTest, AnOrderThatChangesEverySecondIsAnnouncedAtEveryPoll) {
  for (int second = 0; second < 10; ++second) {
    const auto now = kNoon + seconds{second};
    clock_.SetWallClock(now);
    source_.ClockSays(now);
    source_.Shows(AnOrder("Busy", second % 2 == 0 ? "Accepted" : "InPreparation", now));

    ASSERT_TRUE(Poll());

    EXPECT_EQ(store_.announced().size(), static_cast<std::size_t>(second + 1));
  }
}

TEST_F(IngestOrdersTest, APageLimitOfTheMarketplaceHidesNoOrder) {
  for (int i = 0; i < 9; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  source_.LimitsPagesTo(2);

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->created, 9);
  EXPECT_THAT(store_.cursor(), Optional(kNoon + seconds{8}));
}

TEST_F(IngestOrdersTest, ASmallShopCostsOneCallAPollBetweenVerifications) {
  source_.Shows(AnOrder("A-1"));
  source_.Shows(AnOrder("A-2", "Accepted", kNoon + seconds{1}));
  ASSERT_TRUE(Poll());
  source_.requests.clear();

  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Poll());
  EXPECT_EQ(source_.requests.size(), 4U);

  clock_.Advance(minutes{5});
  source_.requests.clear();
  ASSERT_TRUE(Poll());
  EXPECT_EQ(source_.requests.size(), 2U);
}

TEST_F(IngestOrdersTest, WithoutACountEveryOrderIsReadAndSaid) {
  for (int i = 0; i < 30; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  source_.CountsFailWith({ErrorCode::kNotFound, "404"});

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_FALSE(report->error);
  EXPECT_EQ(report->created, 30);
  EXPECT_THAT(report->oddities, ElementsAre(::testing::HasSubstr("did not count")));
  EXPECT_THAT(store_.cursor(), Optional(kNoon + seconds{29}));
}

TEST_F(IngestOrdersTest, AStoreErrorEndsThePollAsAFailureThatIsShown) {
  source_.Shows(AnOrder("A-1"));
  store_.ThenFailsToSave({ErrorCode::kUnavailable, "the disk is full"});

  const auto report = Poll();

  ASSERT_TRUE(report);
  ASSERT_EQ(store_.ends().size(), 1U);
  EXPECT_EQ(store_.ends()[0].error, "the disk is full");
}

TEST_F(IngestOrdersTest, APollThatMakesNoProgressEndsInTimeAndSaysSo) {
  source_.BeforeEachPage([&](const PageRequest&) { clock_.Advance(minutes{3}); });
  source_.CountsFailWith({ErrorCode::kUnavailable, "500"});
  for (int i = 0; i < 9; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  ASSERT_TRUE(Poll());

  for (int i = 0; i < 10 && store_.ends().back().error.empty(); ++i) ASSERT_TRUE(Poll());

  EXPECT_THAT(store_.ends().back().error, ::testing::HasSubstr("no progress in 240 s"));
}

TEST_F(IngestOrdersTest, ABacklogThatOnePollCannotFinishIsFinishedByLaterOnes) {
  for (int i = 0; i < 80; ++i)
    source_.Shows(AnOrder("A-" + std::to_string(100 + i), "Accepted", kNoon - hours{80 - i}));
  source_.BeforeEachPage([&](const PageRequest&) { clock_.Advance(seconds{50}); });  // five pages a poll

  for (int i = 0; i < 40 && store_.announced().size() < 80; ++i) ASSERT_TRUE(Poll());

  EXPECT_EQ(store_.announced().size(), 80U);
}

TEST_F(IngestOrdersTest, APollThatRunsOutOfTimeKeepsItsOrdersAndIsDueAgainAtOnce) {
  for (int i = 0; i < 9; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  source_.BeforeEachPage([&](const PageRequest&) { clock_.Advance(minutes{3}); });

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_TRUE(report->out_of_time);
  EXPECT_FALSE(report->error);
  EXPECT_GT(report->created, 0);
  EXPECT_EQ(store_.ends().back().next_poll_in, seconds{0});
  EXPECT_EQ(store_.ends().back().read_from, std::nullopt);
}

class BrokenOrdersTest : public IngestOrdersTest {
 protected:
  BrokenOrdersTest() {
    options_.walk.page_size = 100;
    for (int i = 0; i < 100; ++i) source_.Shows(AnOrder(Id(i), "Accepted", kNoon + seconds{i}));
  }
  static std::string Id(int i) { return "A-" + std::to_string(100 + i); }
  // Calls beyond the two that a page of a hundred orders costs a poll, and the count of a page read in parts.
  std::size_t ExtraCalls() const { return source_.requests.size() + static_cast<std::size_t>(source_.counts) - 3; }
  Result<PollReport> PollOnce() {
    source_.requests.clear();
    source_.counts = 0;
    return RunTask(hundred_.Poll(store_.Lease()));
  }

  IngestOrders hundred_{source_, store_, clock_, {}, [] {}};
};

TEST_F(BrokenOrdersTest, OneCostsAtMostTwentyCallsWhereverItStands) {
  for (int at = 0; at < 100; ++at) {
    fakes::InMemoryOrderStore store;
    IngestOrders ingest{source_, store, clock_, {}, [] {}};
    source_.Breaks(Id(at));
    source_.requests.clear();
    source_.counts = 0;

    const auto report = RunTask(ingest.Poll(store.Lease()));

    ASSERT_TRUE(report);
    EXPECT_FALSE(report->error) << at << ": " << report->error->message;
    EXPECT_EQ(report->created, 99) << at;
    EXPECT_TRUE(store.unreadable().contains(Id(at))) << at;
    EXPECT_LE(ExtraCalls(), 20U) << at;
    source_.Repairs(Id(at));
  }
}

TEST_F(BrokenOrdersTest, FourCostAtMostSixtyCalls) {
  for (int seed = 0; seed < 50; ++seed) {
    fakes::InMemoryOrderStore store;
    IngestOrders ingest{source_, store, clock_, {}, [] {}};
    std::set<std::string> broken;
    for (int i = 0; broken.size() < 4; ++i) broken.insert(Id((seed * 37 + i * i * 13 + i) % 100));
    for (const auto& id : broken) source_.Breaks(id);
    source_.requests.clear();
    source_.counts = 0;

    const auto report = RunTask(ingest.Poll(store.Lease()));

    ASSERT_TRUE(report);
    EXPECT_FALSE(report->error);
    EXPECT_EQ(report->created, 96) << "seed " << seed;
    EXPECT_LE(ExtraCalls(), 60U) << "seed " << seed;
    for (const auto& id : broken) source_.Repairs(id);
  }
}

TEST_F(BrokenOrdersTest, CostsItsCallsOnceAndNotAtEveryPoll) {
  source_.Breaks(Id(40));
  ASSERT_TRUE(PollOnce());

  for (int i = 0; i < 3; ++i) {
    clock_.Advance(seconds{15});
    ASSERT_TRUE(PollOnce());
    EXPECT_EQ(source_.requests.size(), 1U);
  }
}

TEST_F(BrokenOrdersTest, CostsItsCallsOnceAlthoughOthersHaveTheSameTime) {
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
  for (int i = 0; i < 100; ++i) source_.Shows(AnOrder(Id(i), "Accepted", kNoon));
  source_.Shows(AnOrder("Later", "Accepted", kNoon + minutes{54}));
  source_.Breaks(Id(4));
  int calls = 0;
  source_.BeforeEachPage([&](const PageRequest&) {
    if (++calls == 4) source_.ThenFails({ErrorCode::kUnavailable, "503"});  // the call behind the broken order
  });
  ASSERT_TRUE(PollOnce()->error);

  for (int i = 0; i < 3; ++i) {
    clock_.Advance(seconds{15});
    ASSERT_TRUE(PollOnce());
  }

  EXPECT_EQ(store_.announced().size(), 100U);
}

TEST_F(BrokenOrdersTest, DelaysAnOrderOfTheOverlapUntilTheNextTryAtMost) {
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

  EXPECT_THAT(store_.announced(), ::testing::Contains(Announced{"Late", 1, OrderEventType::kReceived}));
}

TEST_F(BrokenOrdersTest, IsTriedAgainAfterAPauseThatDoubles) {
  source_.Breaks(Id(40));
  ASSERT_TRUE(PollOnce());
  const auto first = source_.requests.front().updated_min;
  const auto looks_behind = [&] { return source_.requests.front().updated_min < kNoon + seconds{40}; };

  clock_.Advance(seconds{61});
  ASSERT_TRUE(PollOnce());
  EXPECT_TRUE(looks_behind());
  EXPECT_GT(source_.requests.front().updated_min, first);
  clock_.Advance(seconds{61});
  ASSERT_TRUE(PollOnce());
  EXPECT_FALSE(looks_behind());
  clock_.Advance(seconds{61});
  ASSERT_TRUE(PollOnce());
  EXPECT_TRUE(looks_behind());
}

TEST_F(BrokenOrdersTest, AChangeBehindItIsAnnouncedAtTheNextPoll) {
  source_.Breaks(Id(99));
  ASSERT_TRUE(PollOnce());
  source_.Shows(AnOrder(Id(3), "Shipped", kNoon + seconds{200}));

  const auto report = PollOnce();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->changed, 1);
  EXPECT_EQ(source_.requests.size(), 1U);
}

TEST_F(BrokenOrdersTest, TooManyEndThePollWithWhatCouldBeRead) {
  for (int i = 20; i < 90; ++i) source_.Breaks(Id(i));

  const auto report = PollOnce();

  ASSERT_TRUE(report);
  ASSERT_TRUE(report->error);
  EXPECT_THAT(store_.ends().back().error, ::testing::HasSubstr("too many orders break"));
  EXPECT_GE(report->created, 20);
  EXPECT_LE(source_.requests.size(), 65U);
  EXPECT_EQ(store_.cursor(), std::nullopt);
}

TEST_F(BrokenOrdersTest, AnswersThatStayCutGiveAllButTheLastOrderAndEndInAnError) {
  source_.CutsAnswers();

  const auto report = PollOnce();

  ASSERT_TRUE(report);
  ASSERT_TRUE(report->error);
  EXPECT_THAT(store_.ends().back().error, ::testing::HasSubstr("ends in the middle"));
  EXPECT_EQ(report->created, 99);
  EXPECT_LE(source_.requests.size(), 5U);
}

TEST_F(BrokenOrdersTest, AnAnswerThatIsNoListCostsTwoCallsAndAnError) {
  for (int i = 0; i < 4; ++i) source_.ThenFails({ErrorCode::kUnreadable, "an HTML page with status 200"});

  const auto report = PollOnce();

  ASSERT_TRUE(report);
  EXPECT_EQ(source_.requests.size(), 2U);
  EXPECT_EQ(store_.ends().back().error, "an HTML page with status 200");
  EXPECT_GE(store_.ends().back().next_poll_in, seconds{15});
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
  asio::io_context io{1};
  asio::cancellation_signal stop;
  source_.ThenFails({ErrorCode::kCancelled, "stopped"});
  source_.BeforeEachPage([&](const PageRequest&) { stop.emit(asio::cancellation_type::terminal); });
  const auto poll = [this]() -> Task<> {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await ingest_.Poll(store_.Lease());
  };

  asio::co_spawn(io, poll(), asio::bind_cancellation_slot(stop.slot(), asio::detached));
  io.run();

  ASSERT_EQ(store_.ends().size(), 1U);
  EXPECT_TRUE(store_.ends().back().interrupted);
  EXPECT_EQ(store_.ends().back().error, "");
}

TEST_F(IngestOrdersTest, AnotherServersCancelledIsAFailureThatIsShownAndBacksOff) {
  for (int i = 0; i < 3; ++i) {
    source_.ThenFails({ErrorCode::kCancelled, "no access token from auth: cancelled"});
    ASSERT_TRUE(Poll());
  }

  EXPECT_FALSE(store_.ends().back().interrupted);
  EXPECT_EQ(store_.ends().back().error, "no access token from auth: cancelled");
  EXPECT_EQ(store_.ends().back().next_poll_in, seconds{60});
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
