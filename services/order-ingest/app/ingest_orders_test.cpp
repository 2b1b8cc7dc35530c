#include "app/ingest_orders.hpp"

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "testing/poll_test.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace asio = boost::asio;
using fakes::AnOrder;
using fakes::FailsWith;
using fakes::kNoon;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

class IngestOrdersTest : public fakes::PollTest {
 protected:
  Task<> PollInto(std::optional<Result<PollReport>>& report) {
    co_await asio::this_coro::throw_if_cancelled(false);
    report = co_await ingest_.Poll(Lease());
  }
};

TEST_F(IngestOrdersTest, AnnouncesAnOrderOnceWhenTheMarketplaceShowsItTwice) {
  std::atomic<int> woken = 0;
  database_->OnCommit([&] { ++woken; });
  source_.Shows(AnOrder("A-1"));
  ASSERT_TRUE(Poll());
  source_.Shows(AnOrder("A-2", "InPreparation", kNoon + seconds{1}));

  const auto second = Poll();

  ASSERT_TRUE(second);
  EXPECT_EQ(second->created, 1);
  EXPECT_THAT(Announced(), ElementsAre("A-1 v1 received", "A-2 v1 received"));
  EXPECT_EQ(woken, 2);
}

TEST_F(IngestOrdersTest, AStatusChangeIsTheNextVersion) {
  source_.Shows(AnOrder("A-1"));
  ASSERT_TRUE(Poll());
  source_.Shows(AnOrder("A-1", "Shipped", kNoon + seconds{30}));

  ASSERT_TRUE(Poll());

  EXPECT_THAT(Announced(), ElementsAre("A-1 v1 received", "A-1 v2 shipped"));
}

TEST_F(IngestOrdersTest, KeepsItsPlaceAndSaysHowLongToWaitWhenThrottled) {
  source_.ThenFails({ErrorCode::kThrottled, "call quota used up", seconds{695}});

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->next_poll_in, seconds{695});
  EXPECT_EQ(Cursor(), std::nullopt);
  EXPECT_EQ(LastError(), "call quota used up");
}

TEST_F(IngestOrdersTest, WaitsLongerWithEachFailureAndGoesBackToItsPaceAfterwards) {
  std::vector<std::chrono::microseconds> waits;
  for (int poll = 0; poll < 4; ++poll) {
    if (poll < 3) source_.ThenFails({ErrorCode::kUnavailable, "no answer"});
    ASSERT_TRUE(Poll());
    waits.push_back(Wait());
  }

  EXPECT_THAT(waits, ElementsAre(seconds{15}, seconds{30}, seconds{60}, seconds{15}));
}

TEST_F(IngestOrdersTest, BeginsSevenDaysBackAndThenLooksBehindTheCursor) {
  source_.Shows(AnOrder("A-1"));
  ASSERT_TRUE(Poll());
  EXPECT_EQ(source_.requests.front().updated_at_min, clock_.Now() - hours{24 * 7});
  EXPECT_THAT(Cursor(), Optional(kNoon));

  ASSERT_TRUE(Poll());

  EXPECT_EQ(source_.requests.back().updated_at_min, kNoon - minutes{10});
  EXPECT_EQ(source_.requests.back().updated_at_max, std::nullopt);
}

TEST_F(IngestOrdersTest, AnEmptyWindowNeverMovesTheCursor) {
  SetCursor(kNoon);

  ASSERT_TRUE(Poll());

  EXPECT_THAT(Cursor(), Optional(kNoon));
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

TEST_F(IngestOrdersTest, AStoreErrorEndsThePollAsAFailureThatIsShown) {
  source_.Shows(AnOrder("A-1"));
  source_.BeforeEachPage(
      [&](const marketplace::OrdersQuery&) { faults_.FailStatement(1); });  // of the page's transaction

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_THAT(LastError(), ::testing::HasSubstr("fault"));
  EXPECT_EQ(Number("SELECT failures FROM account"), 1);
  EXPECT_THAT(Announced(), IsEmpty());
}

TEST_F(IngestOrdersTest, APollThatMakesNoProgressEndsInTimeAndSaysSo) {
  source_.BeforeEachPage([&](const marketplace::OrdersQuery&) { clock_.Advance(minutes{3}); });
  source_.CountsFailWith({ErrorCode::kUnavailable, "500"});
  for (int i = 0; i < 9; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  ASSERT_TRUE(Poll());

  for (int i = 0; i < 10 && LastError().empty(); ++i) ASSERT_TRUE(Poll());

  EXPECT_THAT(LastError(), ::testing::HasSubstr("no progress in 240 s"));
}

TEST_F(IngestOrdersTest, ABacklogThatOnePollCannotFinishIsFinishedByLaterOnes) {
  for (int i = 0; i < 80; ++i)
    source_.Shows(AnOrder("A-" + std::to_string(100 + i), "Accepted", kNoon - hours{80 - i}));
  source_.BeforeEachPage([&](const marketplace::OrdersQuery&) { clock_.Advance(seconds{50}); });  // five pages a poll

  for (int i = 0; i < 40 && Announced().size() < 80; ++i) ASSERT_TRUE(Poll());

  EXPECT_EQ(Announced().size(), 80U);
}

TEST_F(IngestOrdersTest, APollThatRunsOutOfTimeKeepsItsOrdersAndIsDueAgainAtOnce) {
  for (int i = 0; i < 9; ++i) source_.Shows(AnOrder("A-" + std::to_string(i), "Accepted", kNoon + seconds{i}));
  source_.BeforeEachPage([&](const marketplace::OrdersQuery&) { clock_.Advance(minutes{3}); });

  const auto report = Poll();

  ASSERT_TRUE(report);
  EXPECT_TRUE(report->out_of_time);
  EXPECT_FALSE(report->error);
  EXPECT_GT(report->created, 0);
  EXPECT_EQ(Wait(), seconds{0});
}

TEST_F(IngestOrdersTest, WithoutTheLeaseNothingIsWritten) {
  source_.Shows(AnOrder("A-1"));
  const auto lease = Lease();
  Execute("UPDATE account SET lease_token = lease_token + 1");

  EXPECT_THAT(Run(ingest_.Poll(lease)), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(Announced(), IsEmpty());
}

TEST_F(IngestOrdersTest, APollThatWeStopIsNoFailure) {
  asio::cancellation_signal stop;
  source_.ThenFails({ErrorCode::kCancelled, "stopped"});
  source_.BeforeEachPage([&](const marketplace::OrdersQuery&) { stop.emit(asio::cancellation_type::terminal); });
  std::optional<Result<PollReport>> report;

  asio::co_spawn(io_, PollInto(report), asio::bind_cancellation_slot(stop.slot(), asio::detached));
  io_.restart();
  io_.run();

  ASSERT_TRUE(report && *report);
  EXPECT_TRUE((*report)->interrupted);
  EXPECT_EQ(LastError(), "");
  EXPECT_EQ(Number("SELECT failures FROM account"), 0);
  EXPECT_EQ(Due().rows.size(), 1U) << "due again at once";
}

TEST_F(IngestOrdersTest, AnotherServersCancelledIsAFailureThatIsShownAndBacksOff) {
  for (int i = 0; i < 3; ++i) {
    source_.ThenFails({ErrorCode::kCancelled, "no access token from auth: cancelled"});
    ASSERT_TRUE(Poll());
  }

  EXPECT_EQ(Number("SELECT failures FROM account"), 3);
  EXPECT_EQ(LastError(), "no access token from auth: cancelled");
  EXPECT_EQ(Wait(), seconds{60});
}

TEST_F(IngestOrdersTest, ABigOverlapIsReadAgainOnceAMinuteOnly) {
  for (int i = 0; i < 20; ++i)
    source_.Shows(AnOrder("A-" + std::to_string(10 + i), "Accepted", kNoon + seconds{i * 10}));
  ASSERT_TRUE(Poll());
  source_.requests.clear();

  ASSERT_TRUE(Poll());

  EXPECT_EQ(source_.requests.front().updated_at_min, kNoon + seconds{190 - 30});

  clock_.Advance(minutes{1});
  source_.requests.clear();
  ASSERT_TRUE(Poll());
  EXPECT_EQ(source_.requests.front().updated_at_min, kNoon + seconds{190} - minutes{10});
}

TEST_F(IngestOrdersTest, AnIdleAccountIsAskedLessOften) {
  for (int i = 0; i < 19; ++i) ASSERT_TRUE(Poll());
  EXPECT_EQ(Wait(), seconds{15});

  ASSERT_TRUE(Poll());

  EXPECT_EQ(Wait(), seconds{60});
}

}  // namespace
}  // namespace cdiscount::order_ingest
