#include "app/poll_scheduler.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/testing/fake_clock.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Gives out the accounts that a test queues, a few per call, also those that the caller is working on: a store cannot
// know.
class QueuedAccounts final : public OrderStore {
 public:
  Task<Result<DueAccounts>> ClaimDue(int most, milliseconds, std::vector<AccountId> running,
                                     bool also_set_back) override {
    ++claims;
    if (also_set_back) ++looks_at_all;
    most_running = std::max(most_running, running.size());
    last_running = std::move(running);
    if (fail_next > 0) {
      --fail_next;
      co_return Error{.code = ErrorCode::kUnavailable, .message = "the database is away"};
    }
    DueAccounts due;
    for (; most > 0 && !waiting.empty(); --most, waiting.pop_front()) {
      AccountLease lease;
      lease.who.account = AccountId{waiting.front()};
      lease.token = ++tokens;
      due.leases.push_back(lease);
    }
    co_return due;
  }
  Task<Result<std::vector<AccountId>>> RenewLeases(std::vector<AccountLease> leases, milliseconds) override {
    ++renewals;
    calls.emplace_back("renew");
    std::vector<AccountId> held;
    for (const auto& lease : leases) {
      renewed.push_back(lease.who.account.value());
      if (!taken.contains(lease.who.account.value())) held.push_back(lease.who.account);
    }
    co_return held;
  }
  Task<Result<SaveReport>> SavePage(const AccountLease&, const PageToSave&) override { co_return SaveReport{}; }
  Task<Status> FinishPoll(const AccountLease& lease, const PollEnd& end) override {
    calls.push_back("finish " + lease.who.account.value());
    on_finish();
    if (fail_finish > 0) {
      --fail_finish;
      co_return Error{.code = ErrorCode::kUnavailable, .message = "the database is away"};
    }
    finished.emplace_back(lease.who.account.value(), end);
    co_return Ok();
  }

  std::deque<std::string> waiting;
  std::vector<std::string> calls;  // but claims
  std::function<void()> on_finish = [] {};
  std::set<std::string> taken;  // by another process
  std::vector<std::string> renewed;
  std::vector<std::pair<std::string, PollEnd>> finished;
  std::vector<AccountId> last_running;
  std::size_t most_running = 0;
  std::int64_t tokens = 0;
  int claims = 0;
  int looks_at_all = 0;
  int renewals = 0;
  int fail_next = 0;
  int fail_finish = 0;
};

class PollSchedulerTest : public ::testing::Test {
 protected:
  PollSchedulerTest() { Make({.parallel = 2, .longest_wait = seconds{3600}}); }

  void Make(SchedulerOptions options) { Make(options, real_clock_); }
  void Make(SchedulerOptions options, const Clock& clock) {
    scheduler_ = std::make_unique<PollScheduler>(
        io_.get_executor(), store_, clock, options, PollIntervals{},
        PollCalls{.poll = [this](AccountLease lease) { return Poll(std::move(lease)); },
                  .ended = [this](const AccountLease& lease,
                                  const Error& error) { ended_early_.emplace_back(lease.who.account.value(), error); },
                  .store_away = [this](const Error& error) { errors_.push_back(error); }});
  }

  void RunIt() {
    asio::co_spawn(io_, scheduler_->Run(), [this](std::exception_ptr) { ended_ = true; });
    io_.run_for(seconds{10});
  }

  // A poll of "slow" waits until it is cancelled, one of "deaf" until it was told so five times, one of "lost" cannot
  // record its end; any other ends at once.
  Task<Status> Poll(AccountLease lease) {
    const auto name = lease.who.account.value();
    began_.push_back(name);
    most_at_once_ = std::max(most_at_once_, scheduler_->running());
    if (name.starts_with("slow")) {
      asio::steady_timer forever(io_, seconds{3600});
      boost::system::error_code error;
      co_await forever.async_wait(asio::redirect_error(asio::use_awaitable, error));
      if (error) gave_back_.push_back(name);
      if (stop_at_give_back_) scheduler_->Stop();
    }
    while (name.starts_with("deaf") && ++times_told_ <= 5) {
      asio::steady_timer forever(io_, seconds{3600});
      boost::system::error_code error;
      co_await forever.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
    if (name.starts_with("deaf")) scheduler_->Stop();
    if (static_cast<int>(began_.size()) == stop_after_) scheduler_->Stop();
    if (name.starts_with("lost")) {
      co_return Error{.code = lost_with_, .message = "the database failed in mid-poll"};
    }
    co_return Ok();
  }

  // Called again and again until it says that it is done.
  void Until(std::function<bool()> done) {
    const auto again = std::make_shared<std::function<void()>>();
    const auto timer = std::make_shared<asio::steady_timer>(io_);
    *again = [this, done = std::move(done), timer, weak = std::weak_ptr(again)] {
      if (done() || ended_) return;
      timer->expires_after(milliseconds{5});
      timer->async_wait([self = weak.lock()](boost::system::error_code) { (*self)(); });
    };
    (*again)();
  }

  // Advances the clock once the first poll runs.
  void OnceItPolls(milliseconds passes) {
    Until([this, passes] {
      if (began_.empty()) return false;
      clock_.Advance(passes);
      scheduler_->AccountsChanged();  // as the timer would, if the clock were its own
      return true;
    });
  }

  asio::io_context io_{1};
  SystemClock real_clock_;
  cdiscount::fakes::FakeClock clock_;
  QueuedAccounts store_;
  std::vector<std::string> began_, gave_back_;
  std::vector<Error> errors_;
  std::vector<std::pair<std::string, Error>> ended_early_;
  int most_at_once_ = 0;
  int stop_after_ = 0;
  bool stop_at_give_back_ = false;
  int times_told_ = 0;
  ErrorCode lost_with_ = ErrorCode::kUnavailable;
  bool ended_ = false;
  std::unique_ptr<PollScheduler> scheduler_;
};

TEST_F(PollSchedulerTest, OneSlowAccountDelaysNobody) {
  store_.waiting = {"slow-1", "b", "c", "d"};
  stop_after_ = 4;

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(began_, ElementsAre("slow-1", "b", "c", "d"));
  EXPECT_EQ(most_at_once_, 2);
}

TEST_F(PollSchedulerTest, APollThatIsStoppedGivesItsLeaseBackBeforeTheEnd) {
  store_.waiting = {"slow-1", "slow-2"};
  stop_after_ = 99;
  asio::steady_timer soon(io_, milliseconds{20});
  soon.async_wait([this](boost::system::error_code) { scheduler_->Stop(); });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(gave_back_, ElementsAre("slow-1", "slow-2"));
}

TEST_F(PollSchedulerTest, WakesForWhatBecomesDueWhileItWaits) {
  stop_after_ = 1;
  asio::steady_timer soon(io_, milliseconds{20});
  soon.async_wait([this](boost::system::error_code) {
    store_.waiting = {"new"};
    scheduler_->AccountsChanged();
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(began_, ElementsAre("new"));
}

TEST_F(PollSchedulerTest, LetsTheNetworkThreadGoOnWhenItIsWokenWithEveryPlaceTaken) {
  store_.waiting = {"slow-1", "slow-2", "late"};
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
  store_.fail_next = 1;
  store_.waiting = {"a"};
  stop_after_ = 1;

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_EQ(errors_.size(), 1U);
  EXPECT_THAT(began_, ElementsAre("a"));
}

TEST_F(PollSchedulerTest, RenewsTheLeasesOfAllRunningPollsAtOnceAndClaimsNoneOfThem) {
  Make({.parallel = 3, .lease_ttl = milliseconds{30}, .longest_wait = milliseconds{10}});
  store_.waiting = {"slow-1", "slow-2"};
  Until([this] {
    if (store_.renewals < 3) return false;
    scheduler_->Stop();
    return true;
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_GE(store_.renewed.size(), 6U) << "two leases in each renewal";
  EXPECT_THAT(store_.last_running, ElementsAre(AccountId{"slow-1"}, AccountId{"slow-2"}));
  EXPECT_THAT(ended_early_, IsEmpty());
  EXPECT_THAT(began_, ElementsAre("slow-1", "slow-2"));
}

TEST_F(PollSchedulerTest, APollWhoseLeaseWasTakenIsCancelledAndSaysSo) {
  Make({.parallel = 2, .lease_ttl = milliseconds{30}, .longest_wait = milliseconds{10}});
  store_.waiting = {"slow-1"};
  store_.taken = {"slow-1"};
  stop_at_give_back_ = true;

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(gave_back_, ElementsAre("slow-1"));
  ASSERT_THAT(ended_early_, SizeIs(1));
  EXPECT_EQ(ended_early_[0].second.code, ErrorCode::kConflict);
}

TEST_F(PollSchedulerTest, APollIsCancelledAtOnceWhenItsAccountWasDisabled) {
  store_.waiting = {"slow-1"};
  stop_at_give_back_ = true;
  Until([this] {
    if (began_.empty()) return false;
    store_.taken = {"slow-1"};  // as the store says of a disabled account
    scheduler_->AccountsChanged();
    return true;
  });

  RunIt();

  EXPECT_TRUE(ended_) << "a lease of two minutes is not waited for";
  EXPECT_THAT(gave_back_, ElementsAre("slow-1"));
}

TEST_F(PollSchedulerTest, APollThatTakesTooLongIsRecordedAsFailedAndCancelled) {
  Make({.parallel = 2, .longest_poll = milliseconds{50}, .longest_wait = seconds{3600}});
  store_.waiting = {"slow-1"};
  stop_at_give_back_ = true;

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(gave_back_, ElementsAre("slow-1"));
  ASSERT_THAT(store_.finished, SizeIs(1));
  EXPECT_FALSE(store_.finished[0].second.interrupted);
  EXPECT_THAT(store_.finished[0].second.error, HasSubstr("polling.longest_poll"));
  EXPECT_EQ(store_.finished[0].second.next_poll_in, PollIntervals{}.busy);
  ASSERT_THAT(ended_early_, SizeIs(1));
  EXPECT_EQ(ended_early_[0].second.code, ErrorCode::kDeadlineExceeded);
}

TEST_F(PollSchedulerTest, APollThatCouldNotRecordItsEndIsEndedWithItsErrorWhenTheDatabaseIsBack) {
  store_.waiting = {"lost-1"};
  store_.fail_finish = 2;
  Until([this] {
    if (store_.finished.empty()) return false;
    scheduler_->Stop();
    return true;
  });

  RunIt();

  EXPECT_TRUE(ended_);
  ASSERT_THAT(store_.finished, SizeIs(1));
  EXPECT_EQ(store_.finished[0].first, "lost-1");
  EXPECT_EQ(store_.finished[0].second.error, "the database failed in mid-poll");
  EXPECT_EQ(store_.finished[0].second.next_poll_in, PollIntervals{}.busy);
  EXPECT_THAT(errors_, SizeIs(2));
}

TEST_F(PollSchedulerTest, APollThatDoesNotEndWhenToldToCausesNoClaims) {
  Make({.parallel = 2, .longest_poll = seconds{10}, .longest_wait = seconds{3600}}, clock_);
  store_.waiting = {"deaf-1"};
  OnceItPolls(seconds{11});

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_EQ(times_told_, 6);
  EXPECT_LE(store_.claims, 3) << "at the start, when it was woken, and when the poll ended";
}

TEST_F(PollSchedulerTest, RenewsBeforeAndBetweenPollsThatItEnds) {
  Make({.parallel = 3, .lease_ttl = seconds{30}, .longest_poll = seconds{60}, .longest_wait = seconds{3600}}, clock_);
  store_.waiting = {"slow-1", "slow-2"};
  store_.on_finish = [this] { clock_.Advance(seconds{20}); };  // the database is slow
  stop_at_give_back_ = true;
  OnceItPolls(seconds{61});

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(store_.calls, ElementsAre("renew", "finish slow-1", "renew", "finish slow-2"));
}

TEST_F(PollSchedulerTest, LooksAtAllAccountsForASetBackClockOnceInAWhileOnly) {
  Make({.parallel = 2, .longest_wait = seconds{5}}, clock_);
  store_.waiting = {"slow-1"};
  int wakes = 0;
  Until([this, &wakes] {
    if (++wakes <= 10) scheduler_->AccountsChanged();
    if (wakes == 5) clock_.Advance(seconds{5});
    if (wakes == 20) scheduler_->Stop();
    return wakes == 20;
  });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_GE(store_.claims, 8);
  EXPECT_EQ(store_.looks_at_all, 2);
}

TEST_F(PollSchedulerTest, APollThatWasCancelledBySomethingElseIsAFailure) {
  store_.waiting = {"lost-1"};
  lost_with_ = ErrorCode::kCancelled;
  stop_after_ = 1;

  RunIt();

  ASSERT_THAT(store_.finished, SizeIs(1));
  EXPECT_FALSE(store_.finished[0].second.interrupted);
  EXPECT_EQ(store_.finished[0].second.error, "the database failed in mid-poll");
}

}  // namespace
}  // namespace cdiscount::order_ingest
