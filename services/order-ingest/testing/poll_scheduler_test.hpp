#pragma once

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/poll_scheduler.hpp"
#include "telemetry/testing/captured_log.hpp"
#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest::fakes {

/// A scheduler on the test's network thread, whose polls end, wait or fail by the name of the account.
class PollSchedulerTest : public IngestTest {
 protected:
  PollSchedulerTest() {
    on_statement_ = [this](std::string_view sql) { Note(sql); };
    Make({.parallel = 2, .longest_wait = std::chrono::seconds{3600}});
  }
  ~PollSchedulerTest() override { database_->Close(); }

  // The scheduler's clock is the machine's, or `clock_` of the fixture. The database's clock is always `clock_`.
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
    boost::asio::co_spawn(io_, scheduler_->Run(), [this](std::exception_ptr) { ended_ = true; });
    io_.restart();
    io_.run_for(std::chrono::seconds{10});
  }

  // The statements of claims and leases, counted and as words.
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

  // A poll of "slow" waits until it is cancelled, one of "deaf" until it was cancelled five times, one of "lost" cannot
  // record its end; any other ends at once.
  Task<Result<PollReport>> Poll(AccountLease lease) {
    const auto name = lease.who.account.value();
    began_.push_back(name);
    most_at_once_ = std::max(most_at_once_, scheduler_->running());
    if (name.starts_with("slow")) {
      boost::asio::steady_timer forever(io_, std::chrono::seconds{3600});
      boost::system::error_code error;
      co_await forever.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
      if (error) gave_back_.push_back(name);
      if (stop_at_give_back_) scheduler_->Stop();
    }
    while (name.starts_with("deaf") && ++times_told_ <= 5) {
      boost::asio::steady_timer forever(io_, std::chrono::seconds{3600});
      boost::system::error_code error;
      co_await forever.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
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
    const auto timer = std::make_shared<boost::asio::steady_timer>(io_);
    *again = [this, done = std::move(done), timer, weak = std::weak_ptr(again)] {
      if (done() || ended_) return;
      timer->expires_after(std::chrono::milliseconds{5});
      timer->async_wait([self = weak.lock()](boost::system::error_code) { (*self)(); });
    };
    (*again)();
  }

  // Advances the clock once the first poll runs.
  void OnceItPolls(std::chrono::milliseconds passes) {
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
  std::vector<std::string> calls_;  // "renew" and "finish"
  std::chrono::milliseconds finishing_takes_{0};
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

}  // namespace cdiscount::order_ingest::fakes
