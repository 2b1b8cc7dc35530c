#include "app/poll_scheduler.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>

#include "telemetry/testing/captured_log.hpp"
#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PollSchedulerTest : public fakes::IngestTest {
 protected:
  PollSchedulerTest() {
    on_statement_ = [this](std::string_view sql) { Note(sql); };
    Make({.parallel = 2, .longest_wait = seconds{3600}});
  }
  ~PollSchedulerTest() override { database_->Close(); }

  // The scheduler's clock is the machine's, or the one that the test sets. The database's clock is always that one.
  void Make(SchedulerOptions options) { Make(std::move(options), real_clock_); }
  void Make(SchedulerOptions options, const Clock& clock) {
    options.owner = "poller-1";
    scheduler_ =
        std::make_unique<PollScheduler>(io_.get_executor(), *database_, clock, std::move(options), PollIntervals{},
                                        log_, [this](AccountLease lease) { return Poll(std::move(lease)); });
  }

  // Accounts that are due, in this order.
  void Waiting(const std::vector<std::string>& names) {
    for (const auto& name : names) {
      database_->NewSession()->Execute(
          "INSERT INTO account (account_id, name, seller_id, sales_channel_id, enabled, version, generation,"
          " next_poll_at) VALUES (:name, :name, :name, 'CDISFR', 1, 1, 1, :at)",
          {{"name", name}, {"at", ++accounts_}});
    }
  }

  void RunIt() {
    asio::co_spawn(io_, scheduler_->Run(), [this](std::exception_ptr) { ended_ = true; });
    io_.restart();
    io_.run_for(seconds{10});
  }

  // What is done with the database, as words.
  void Note(std::string_view sql) {
    const std::scoped_lock lock(mutex_);
    if (sql == rows::kSelectDue) ++claims_;
    if (sql.find("next_poll_at > :now + poll_wait") != std::string_view::npos) ++looks_at_all_;
    if (sql.starts_with("UPDATE account SET lease_until = :until")) calls_.emplace_back("renew");
    if (!sql.starts_with("UPDATE account SET lease_owner = ''")) return;
    calls_.emplace_back("finish");
    clock_.Advance(finishing_takes_);
    if (fail_finish_ > 0) {
      --fail_finish_;
      throw store::StoreError(ErrorCode::kUnavailable, "the database is away");
    }
  }
  int claims() {
    const std::scoped_lock lock(mutex_);
    return claims_;
  }
  std::vector<std::string> calls() {
    const std::scoped_lock lock(mutex_);
    return calls_;
  }

  // A poll of "slow" waits until it is cancelled, one of "deaf" until it was told so five times, one of "lost" cannot
  // record its end; any other ends at once.
  Task<Result<PollReport>> Poll(AccountLease lease) {
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
    co_return PollReport{};
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

  SystemClock real_clock_;
  cdiscount::fakes::CapturedLog lines_;
  telemetry::Metrics registry_{"test"};
  Metrics metrics_{registry_};
  PollLog log_{metrics_};
  std::mutex mutex_;
  int claims_ = 0, looks_at_all_ = 0, fail_finish_ = 0;
  std::vector<std::string> calls_;  // but claims
  milliseconds finishing_takes_{0};
  int accounts_ = 0;
  std::vector<std::string> began_, gave_back_;
  int most_at_once_ = 0;
  int stop_after_ = 0;
  bool stop_at_give_back_ = false;
  int times_told_ = 0;
  ErrorCode lost_with_ = ErrorCode::kUnavailable;
  bool ended_ = false;
  std::unique_ptr<PollScheduler> scheduler_;
};

TEST_F(PollSchedulerTest, OneSlowAccountDelaysNobody) {
  Waiting({"slow-1", "b", "c", "d"});
  stop_after_ = 4;

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(began_, ElementsAre("slow-1", "b", "c", "d"));
  EXPECT_EQ(most_at_once_, 2);
}

TEST_F(PollSchedulerTest, APollThatIsStoppedGivesItsLeaseBackBeforeTheEnd) {
  Waiting({"slow-1", "slow-2"});
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

TEST_F(PollSchedulerTest, APollThatDoesNotEndWhenToldToCausesNoClaims) {
  Make({.parallel = 2, .longest_poll = seconds{10}, .longest_wait = seconds{3600}}, clock_);
  Waiting({"deaf-1"});
  OnceItPolls(seconds{11});

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_EQ(times_told_, 6);
  EXPECT_LE(claims(), 3) << "at the start, when it was woken, and when the poll ended";
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
