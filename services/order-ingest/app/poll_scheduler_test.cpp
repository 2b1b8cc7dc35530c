#include "app/poll_scheduler.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <string>
#include <vector>

namespace cdiscount::order_ingest {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

// Gives out the accounts that a test queues, a few per call.
class QueuedAccounts final : public OrderStore {
 public:
  Task<Result<DueAccounts>> ClaimDue(int most, milliseconds) override {
    ++claims;
    if (fail_next > 0) {
      --fail_next;
      co_return Error{.code = ErrorCode::kUnavailable, .message = "the database is away"};
    }
    DueAccounts due;
    for (; most > 0 && !waiting.empty(); --most, waiting.pop_front()) {
      AccountLease lease;
      lease.who.account = AccountId{waiting.front()};
      due.leases.push_back(lease);
    }
    co_return due;
  }
  Task<Result<SaveReport>> SavePage(const AccountLease&, const PageToSave&) override { co_return SaveReport{}; }
  Task<Status> FinishPoll(const AccountLease&, const PollEnd&) override { co_return Ok(); }

  std::deque<std::string> waiting;
  int claims = 0;
  int fail_next = 0;
};

class PollSchedulerTest : public ::testing::Test {
 protected:
  void RunIt() {
    asio::co_spawn(io_, scheduler_.Run(), [this](std::exception_ptr) { ended_ = true; });
    io_.run_for(seconds{10});
  }

  // A poll of "slow" waits until it is cancelled; any other ends at once.
  Task<> Poll(AccountLease lease) {
    const auto name = lease.who.account.value();
    began_.push_back(name);
    most_at_once_ = std::max(most_at_once_, scheduler_.running());
    if (name.starts_with("slow")) {
      asio::steady_timer forever(io_, seconds{3600});
      boost::system::error_code error;
      co_await forever.async_wait(asio::redirect_error(asio::use_awaitable, error));
      if (error) gave_back_.push_back(name);
    }
    if (static_cast<int>(began_.size()) == stop_after_) scheduler_.Stop();
  }

  asio::io_context io_{1};
  QueuedAccounts store_;
  std::vector<std::string> began_, gave_back_;
  std::vector<Error> errors_;
  int most_at_once_ = 0;
  int stop_after_ = 0;
  bool ended_ = false;
  PollScheduler scheduler_{io_.get_executor(),
                           store_,
                           {.parallel = 2, .longest_wait = seconds{3600}},
                           [this](AccountLease lease) { return Poll(std::move(lease)); },
                           [this](const Error& error) { errors_.push_back(error); }};
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
  soon.async_wait([this](boost::system::error_code) { scheduler_.Stop(); });

  RunIt();

  EXPECT_TRUE(ended_);
  EXPECT_THAT(gave_back_, ElementsAre("slow-1", "slow-2"));
}

TEST_F(PollSchedulerTest, WakesForWhatBecomesDueWhileItWaits) {
  stop_after_ = 1;
  asio::steady_timer soon(io_, milliseconds{20});
  soon.async_wait([this](boost::system::error_code) {
    store_.waiting = {"new"};
    scheduler_.Wake();
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
  soon.async_wait([this](boost::system::error_code) { scheduler_.Wake(); });
  later.async_wait([&](boost::system::error_code) {
    others_ran = true;
    scheduler_.Stop();
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

}  // namespace
}  // namespace cdiscount::order_ingest
