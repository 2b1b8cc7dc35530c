// Which row is worked on next, and when; the leases of running work, and the runs that do not end by themselves. On
// both engines.
#include "work/due_rows.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>

#include "work/testing/due_rows_test.hpp"

namespace cdiscount::work {
namespace {

namespace asio = boost::asio;
using fakes::DueRowsTest;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(DueRowsTest, OneSlowRowDelaysNoOther) {
  Waiting({"slow-1", "b", "c", "d"});
  stop_after_ = 4;

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(began_, ElementsAre("slow-1", "b", "c", "d"));
  EXPECT_EQ(most_at_once_, 2);
}

TEST_F(DueRowsTest, WakesForWhatBecomesDueWhileItWaits) {
  stop_after_ = 1;
  asio::steady_timer soon(io_, milliseconds{20});
  soon.async_wait([this](boost::system::error_code) {
    Waiting({"new"});
    rows_->RowsChanged();
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(began_, ElementsAre("new"));
}

TEST_F(DueRowsTest, LetsTheNetworkThreadGoOnWhenItIsWokenWithEveryPlaceTaken) {
  Waiting({"slow-1", "slow-2", "late"});
  stop_after_ = 99;
  bool others_ran = false;
  asio::steady_timer soon(io_, milliseconds{20}), later(io_, milliseconds{40});
  soon.async_wait([this](boost::system::error_code) { rows_->RowsChanged(); });
  later.async_wait([&](boost::system::error_code) {
    others_ran = true;
    rows_->Stop();
  });

  RunIt();

  EXPECT_TRUE(others_ran);
  EXPECT_TRUE(ended_);
  EXPECT_THAT(began_, ElementsAre("slow-1", "slow-2"));
}

TEST_F(DueRowsTest, GoesOnAloneWhenTheDatabaseComesBack) {
  Waiting({"a"});
  faults_.FailStatement(1);
  stop_after_ = 1;

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_EQ(store_away_, 1);
  EXPECT_THAT(began_, ElementsAre("a"));
}

TEST_F(DueRowsTest, ARunThatDoesNotEndWhenToldToCausesNoClaims) {
  Make({.parallel = 2, .longest_run = seconds{10}, .longest_wait = seconds{3600}}, clock_);
  Waiting({"deaf-1"});
  OnceItRuns(seconds{11});

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_EQ(times_told_, 6);
  EXPECT_LE(claims(), 3) << "at the start, when it was woken, and when the run ended";
}

TEST_F(DueRowsTest, LooksAtAllRowsForASetBackClockOnceInAWhileOnly) {
  Make({.parallel = 2, .longest_wait = seconds{5}}, clock_);
  Waiting({"slow-1"});
  int wakes = 0;
  Until([this, &wakes] {
    if (claims() <= wakes) return false;
    if (++wakes == 5) clock_.Advance(seconds{5});
    if (wakes == 10) rows_->Stop();
    rows_->RowsChanged();
    return wakes == 10;
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_EQ(looks_at_all_, 2) << "of " << claims() << " claims";
}

TEST_F(DueRowsTest, ARunThatIsStoppedGivesItsLeaseBackBeforeTheEnd) {
  Waiting({"slow-1", "slow-2"});
  stop_after_ = 99;
  asio::steady_timer soon(io_, milliseconds{20});
  soon.async_wait([this](boost::system::error_code) { rows_->Stop(); });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(gave_back_, ElementsAre("slow-1", "slow-2"));
}

TEST_F(DueRowsTest, RenewsTheLeasesOfAllRunsAtOnceAndClaimsNoneOfThem) {
  Make({.parallel = 3, .lease_ttl = milliseconds{30}, .longest_wait = milliseconds{10}});
  Waiting({"slow-1", "slow-2"});
  Until([this] {
    clock_.Advance(seconds{60});  // each lease has run out by the database's clock
    if (std::ranges::count(calls(), "renew") < 3) return false;
    rows_->Stop();
    return true;
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(lost_, IsEmpty());
  EXPECT_THAT(began_, ElementsAre("slow-1", "slow-2"));
}

TEST_F(DueRowsTest, RenewsBeforeAndBetweenRunsThatItEnds) {
  Make({.parallel = 3, .lease_ttl = seconds{30}, .longest_run = seconds{60}, .longest_wait = seconds{3600}}, clock_);
  Waiting({"slow-1", "slow-2"});
  ending_takes_ = seconds{20};
  stop_at_give_back_ = true;
  OnceItRuns(seconds{61});

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(calls(), ElementsAre("renew", "end", "renew", "end"));
}

TEST_F(DueRowsTest, ARunWhoseLeaseWasTakenIsCancelledAndSaysSo) {
  Make({.parallel = 2, .lease_ttl = milliseconds{30}, .longest_wait = milliseconds{10}});
  Waiting({"slow-1"});
  stop_at_give_back_ = true;
  Until([this] {
    if (began_.empty()) return false;
    Execute("UPDATE job SET owner = 'worker-2', token = token + 1");
    return true;
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(gave_back_, ElementsAre("slow-1"));
  EXPECT_THAT(lost_, ElementsAre(ErrorCode::kConflict));
}

TEST_F(DueRowsTest, ARunIsCancelledAtOnceWhenItsRowWasDisabled) {
  Waiting({"slow-1"});
  stop_at_give_back_ = true;
  Until([this] {
    if (began_.empty()) return false;
    Execute("UPDATE job SET disabled = 1");
    rows_->RowsChanged();
    return true;
  });

  RunIt();

  EXPECT_TRUE(ended_) << "a lease of two minutes is not waited for";
  EXPECT_THAT(gave_back_, ElementsAre("slow-1"));
}

TEST_F(DueRowsTest, ARunThatTakesTooLongIsRecordedAsFailedAndCancelled) {
  Make({.parallel = 2, .longest_run = milliseconds{50}, .longest_wait = seconds{3600}});
  Waiting({"slow-1"});
  stop_at_give_back_ = true;

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(gave_back_, ElementsAre("slow-1"));
  EXPECT_THAT(Texts("SELECT error FROM job"), ElementsAre("it took too long"));
  EXPECT_THAT(lost_, ElementsAre(ErrorCode::kDeadlineExceeded));
}

TEST_F(DueRowsTest, ARunThatTakesTooLongIsAFailureAlsoWhenTheDatabaseWasAwayAtThatInstant) {
  Make({.parallel = 2, .longest_run = milliseconds{50}, .longest_wait = seconds{3600}});
  Waiting({"slow-lost"});
  fail_end_ = 2;  // that of the run that took too long, and the first of the run itself
  Until([this] {
    if (std::ranges::count(calls(), "end") < 3) return false;
    rows_->Stop();
    return true;
  });

  RunIt();

  EXPECT_THAT(Texts("SELECT error FROM job"), ElementsAre("it took too long"));
}

TEST_F(DueRowsTest, ARunThatCouldNotRecordItsEndIsEndedWithItsErrorWhenTheDatabaseIsBack) {
  Waiting({"lost-1"});
  fail_end_ = 2;
  Until([this] {
    if (std::ranges::count(calls(), "end") < 3) return false;
    rows_->Stop();
    return true;
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(Texts("SELECT error FROM job"), ElementsAre("the database failed meanwhile"));
  EXPECT_EQ(store_away_, 2);
}

TEST_F(DueRowsTest, ARunThatWasCancelledBySomethingElseIsAFailure) {
  Waiting({"lost-1"});
  lost_with_ = ErrorCode::kCancelled;
  stop_after_ = 1;

  RunIt();

  EXPECT_EQ(Number("SELECT done FROM job"), 1);
  EXPECT_THAT(Texts("SELECT error FROM job"), ElementsAre("the database failed meanwhile"));
}

}  // namespace
}  // namespace cdiscount::work
