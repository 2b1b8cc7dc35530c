// Leases of running polls, and the polls that do not end by themselves: stopped, without a lease, too long, failed.
#include "app/poll_scheduler.hpp"

#include <gmock/gmock.h>

#include <algorithm>
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
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(PollSchedulerTest, APollThatIsStoppedGivesItsLeaseBackBeforeTheEnd) {
  Waiting({"slow-1", "slow-2"});
  stop_after_ = 99;
  asio::steady_timer soon(io_, milliseconds{20});
  soon.async_wait([this](boost::system::error_code) { scheduler_->Stop(); });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(gave_back_, ElementsAre("slow-1", "slow-2"));
}

TEST_F(PollSchedulerTest, RenewsTheLeasesOfAllRunningPollsAtOnceAndClaimsNoneOfThem) {
  Make({.parallel = 3, .lease_ttl = milliseconds{30}, .longest_wait = milliseconds{10}});
  Waiting({"slow-1", "slow-2"});
  Until([this] {
    clock_.Advance(seconds{60});  // each lease has run out by the database's clock
    if (std::ranges::count(calls(), "renew") < 3) return false;
    scheduler_->Stop();
    return true;
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_EQ(metrics_.polls_lost.Value(), 0);
  EXPECT_THAT(began_, ElementsAre("slow-1", "slow-2"));
}

TEST_F(PollSchedulerTest, RenewsBeforeAndBetweenPollsThatItEnds) {
  Make({.parallel = 3, .lease_ttl = seconds{30}, .longest_poll = seconds{60}, .longest_wait = seconds{3600}}, clock_);
  Waiting({"slow-1", "slow-2"});
  finishing_takes_ = seconds{20};
  stop_at_give_back_ = true;
  OnceItPolls(seconds{61});

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(calls(), ElementsAre("renew", "finish", "renew", "finish"));
}

TEST_F(PollSchedulerTest, APollWhoseLeaseWasTakenIsCancelledAndSaysSo) {
  Make({.parallel = 2, .lease_ttl = milliseconds{30}, .longest_wait = milliseconds{10}});
  Waiting({"slow-1"});
  stop_at_give_back_ = true;
  Until([this] {
    if (began_.empty()) return false;
    Execute("UPDATE account SET lease_owner = 'poller-2', lease_token = lease_token + 1");
    return true;
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(gave_back_, ElementsAre("slow-1"));
  EXPECT_EQ(metrics_.polls_lost.Value(), 1);
  EXPECT_THAT(lines_.lines(), Contains(HasSubstr("\"code\":\"conflict\"")));
}

TEST_F(PollSchedulerTest, APollIsCancelledAtOnceWhenItsAccountWasDisabled) {
  Waiting({"slow-1"});
  stop_at_give_back_ = true;
  Until([this] {
    if (began_.empty()) return false;
    Execute("UPDATE account SET enabled = 0");
    scheduler_->AccountsChanged();
    return true;
  });

  RunIt();

  EXPECT_TRUE(ended_) << "a lease of two minutes is not waited for";
  EXPECT_THAT(gave_back_, ElementsAre("slow-1"));
}

TEST_F(PollSchedulerTest, APollThatTakesTooLongIsRecordedAsFailedAndCancelled) {
  Make({.parallel = 2, .longest_poll = milliseconds{50}, .longest_wait = seconds{3600}});
  Waiting({"slow-1"});
  stop_at_give_back_ = true;

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(gave_back_, ElementsAre("slow-1"));
  EXPECT_THAT(Texts("SELECT last_error FROM account"), ElementsAre(HasSubstr("polling.longest_poll")));
  EXPECT_EQ(Number("SELECT failures FROM account"), 1);
  EXPECT_EQ(milliseconds{Number("SELECT poll_wait / 1000 FROM account")}, PollIntervals{}.busy);
  EXPECT_EQ(metrics_.polls_lost.Value(), 1);
  EXPECT_THAT(lines_.lines(), Contains(HasSubstr("\"code\":\"deadline_exceeded\"")));
}

TEST_F(PollSchedulerTest, APollThatCouldNotRecordItsEndIsEndedWithItsErrorWhenTheDatabaseIsBack) {
  Waiting({"lost-1"});
  fail_finish_ = 2;
  Until([this] {
    if (std::ranges::count(calls(), "finish") < 3) return false;
    scheduler_->Stop();
    return true;
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(Texts("SELECT last_error FROM account"), ElementsAre("the database failed in mid-poll"));
  EXPECT_EQ(milliseconds{Number("SELECT poll_wait / 1000 FROM account")}, PollIntervals{}.busy);
  EXPECT_EQ(metrics_.store_errors.Value(), 2);
}

TEST_F(PollSchedulerTest, APollThatWasCancelledBySomethingElseIsAFailure) {
  Waiting({"lost-1"});
  lost_with_ = ErrorCode::kCancelled;
  stop_after_ = 1;

  RunIt();

  EXPECT_EQ(Number("SELECT failures FROM account"), 1);
  EXPECT_THAT(Texts("SELECT last_error FROM account"), ElementsAre("the database failed in mid-poll"));
}

}  // namespace
}  // namespace cdiscount::order_ingest
