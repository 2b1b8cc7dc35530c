// Which account is polled next, and when.
#include "app/poll_scheduler.hpp"

#include <gmock/gmock.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>

#include "testing/poll_scheduler_test.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace asio = boost::asio;
using fakes::PollSchedulerTest;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

TEST_F(PollSchedulerTest, OneSlowAccountDelaysNoOther) {
  Waiting({"slow-1", "b", "c", "d"});
  stop_after_ = 4;

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(began_, ElementsAre("slow-1", "b", "c", "d"));
  EXPECT_EQ(most_at_once_, 2);
}

TEST_F(PollSchedulerTest, WakesForWhatBecomesDueWhileItWaits) {
  stop_after_ = 1;
  asio::steady_timer soon(io_, milliseconds{20});
  soon.async_wait([this](boost::system::error_code) {
    Waiting({"new"});
    scheduler_->AccountsChanged();
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(began_, ElementsAre("new"));
}

TEST_F(PollSchedulerTest, LetsTheNetworkThreadGoOnWhenItIsWokenWithEveryPlaceTaken) {
  Waiting({"slow-1", "slow-2", "late"});
  stop_after_ = 99;
  bool others_ran = false;
  asio::steady_timer soon(io_, milliseconds{20}), later(io_, milliseconds{40});
  soon.async_wait([this](boost::system::error_code) { scheduler_->AccountsChanged(); });
  later.async_wait([&](boost::system::error_code) {
    others_ran = true;
    scheduler_->Stop();
  });

  RunIt();

  EXPECT_TRUE(others_ran);
  EXPECT_TRUE(ended_);
  EXPECT_THAT(began_, ElementsAre("slow-1", "slow-2"));
}

TEST_F(PollSchedulerTest, GoesOnAloneWhenTheDatabaseComesBack) {
  Waiting({"a"});
  faults_.FailStatement(1);
  stop_after_ = 1;

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_EQ(metrics_.store_errors.Value(), 1);
  EXPECT_THAT(began_, ElementsAre("a"));
}

TEST_F(PollSchedulerTest, APollThatDoesNotEndWhenToldToCausesNoClaims) {
  Make({.parallel = 2, .longest_poll = seconds{10}, .longest_wait = seconds{3600}}, clock_);
  Waiting({"deaf-1"});
  OnceItPolls(seconds{11});

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_EQ(times_told_, 6);
  EXPECT_LE(claims(), 3) << "at the start, when it was woken, and when the poll ended";
}

TEST_F(PollSchedulerTest, LooksAtAllAccountsForASetBackClockOnceInAWhileOnly) {
  Make({.parallel = 2, .longest_wait = seconds{5}}, clock_);
  Waiting({"slow-1"});
  int wakes = 0;
  Until([this, &wakes] {
    if (claims() <= wakes) return false;
    if (++wakes == 5) clock_.Advance(seconds{5});
    if (wakes == 10) scheduler_->Stop();
    scheduler_->AccountsChanged();
    return wakes == 10;
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_EQ(looks_at_all_, 2) << "of " << claims() << " claims";
}

}  // namespace
}  // namespace cdiscount::order_ingest
