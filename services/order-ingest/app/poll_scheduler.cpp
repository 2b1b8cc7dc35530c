#include "app/poll_scheduler.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "app/poll_leases.hpp"
#include "core/retry.hpp"

namespace cdiscount::order_ingest {
namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

// A poll that is told to end is told again this often: inside the database it hears nothing.
constexpr milliseconds kTellAgain{50};

struct RunningPoll {
  AccountLease lease;
  SteadyTime must_end_by;
  bool told_to_end = false;
  bool recorded = false;   // its end, by EndOverlong
  bool recording = false;  // it ended without having recorded it: that is done now
  asio::cancellation_signal cancel;
};

}  // namespace

class PollScheduler::Impl {
 public:
  Impl(asio::any_io_executor executor, store::Database& database, const Clock& clock, SchedulerOptions options,
       PollIntervals intervals, PollLog& log, order_ingest::Poll poll)
      : database_(database),
        clock_(clock),
        options_(std::move(options)),
        intervals_(intervals),
        log_(log),
        poll_(std::move(poll)),
        executor_(executor),
        timer_(executor) {}

  Task<> Run() {
    // When the host cancels, leases are still given back: nothing here is left by an exception.
    co_await asio::this_coro::throw_if_cancelled(false);
    while (!stopping_) {
      co_await LookAfterRunning();
      // Running polls may need us many times between two claims.
      if (!stopping_ && (woken_ || Now() >= next_claim_)) {
        const auto wait = co_await ClaimAndPoll();
        next_claim_ = Now() + wait;
      }
      if (!stopping_) co_await WaitFor(std::min(Until(next_claim_), UntilRunningNeedUs()));
    }
    while (!running_.empty()) {
      for (auto& running : running_) running.cancel.emit(asio::cancellation_type::terminal);
      co_await WaitFor(kTellAgain);
    }
  }

  void AccountsChanged() {
    next_renewal_ = Now();
    Wake();
  }
  void Stop() {
    stopping_ = true;
    Wake();
  }
  int running() const { return static_cast<int>(running_.size()); }

 private:
  void Wake() {
    woken_ = true;
    timer_.cancel();
  }

  SteadyTime Now() const { return clock_.SteadyNow(); }
  milliseconds Until(SteadyTime then) const {
    return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(then - Now()));
  }

  Task<milliseconds> ClaimAndPoll() {
    woken_ = false;
    const int free = options_.parallel - running();
    if (free <= 0) co_return options_.longest_wait;  // the end of a poll wakes us
    rows::ClaimWish wish{.owner = options_.owner,
                         .most = free,
                         .ttl = options_.lease_ttl,
                         .running = {},
                         .also_set_back = Now() >= next_look_at_all_};
    for (const auto& running : running_) wish.running.push_back(running.lease.who.account.value());
    auto due = co_await database_.Run([&](store::Transaction& transaction) { return ClaimDue(transaction, wish); });
    if (!due) {
      log_.StoreAway(due.error());
      co_return backoff_.Next();
    }
    backoff_.Reset();
    const bool maybe_more = static_cast<int>(due->leases.size()) == free;
    if (wish.also_set_back && !maybe_more) next_look_at_all_ = Now() + options_.longest_wait;
    if (running_.empty()) next_renewal_ = Now() + options_.lease_ttl / 3;
    for (auto& lease : due->leases) Start(std::move(lease));
    if (maybe_more) co_return options_.longest_wait;
    // A due account that this claim did not get is locked by another process at this instant.
    const auto next_in = std::max(due->next_in.value_or(options_.longest_wait), milliseconds{10});
    co_return std::min(options_.longest_wait, next_in);
  }

  void Start(AccountLease lease) {
    const auto mine = running_.emplace(running_.end());
    mine->lease = std::move(lease);
    mine->must_end_by = Now() + options_.longest_poll;
    log_.Running(running());
    asio::co_spawn(executor_, Run(*mine),
                   asio::bind_cancellation_slot(mine->cancel.slot(), [this, mine](std::exception_ptr failure) {
                     running_.erase(mine);
                     log_.Running(running());
                     Wake();
                     if (failure) std::rethrow_exception(failure);  // a bug: the host ends the process with it
                   }));
  }

  Task<> Run(RunningPoll& mine) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto started = Now();
    const auto ended = co_await poll_(mine.lease);
    if (ended) {
      log_.Polled(mine.lease, *ended, Now() - started);
      co_return;
    }
    if (!mine.told_to_end) log_.Lost(mine.lease, ended.error());
    if (mine.recorded) co_return;
    mine.recording = true;
    const auto state = co_await asio::this_coro::cancellation_state;
    const bool interrupted = state.cancelled() != asio::cancellation_type::none;
    co_await Record(mine.lease, ended.error(), interrupted);
  }

  // The end of a poll that could not record it by itself. Without its lease there is nothing to record.
  Task<> Record(const AccountLease& lease, const Error& error, bool interrupted) {
    // A lost right to poll is no failure of the account: it is due again at once.
    const bool no_failure = interrupted || error.code == ErrorCode::kConflict;
    const auto end = no_failure ? PollEnd{.interrupted = true} : FailedEnd(lease, error);
    const auto give_up = Now() + options_.lease_ttl;
    Backoff backoff{milliseconds{100}, std::chrono::seconds{5}};
    while (true) {
      const auto recorded = co_await End(lease, end);
      if (recorded || !IsTransient(recorded.error().code) || stopping_ || Now() >= give_up) co_return;
      log_.StoreAway(recorded.error());
      asio::steady_timer pause(executor_, backoff.Next());
      boost::system::error_code ignored;
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
  }

  Task<Status> End(const AccountLease& lease, const PollEnd& end) {
    co_return co_await database_.Run([&](store::Transaction& transaction) { return EndPoll(transaction, lease, end); });
  }

  PollEnd FailedEnd(const AccountLease& lease, const Error& error) const {
    return {.next_poll_in = AfterFailure(intervals_, error, lease.failures_in_a_row + 1), .error = error.message};
  }

  // Leases are renewed first, and between polls that are ended: a slow database must not cost the other polls theirs.
  Task<> LookAfterRunning() {
    while (!stopping_) {
      if (!running_.empty() && Now() >= next_renewal_) co_await Renew();
      const auto overlong = std::ranges::find_if(running_, [now = Now()](const RunningPoll& poll) {
        return !poll.told_to_end && !poll.recording && now >= poll.must_end_by;
      });
      if (overlong == running_.end()) break;
      co_await EndOverlong(*overlong);
    }
    for (auto& running : running_) {
      if (running.told_to_end && !running.recording) running.cancel.emit(asio::cancellation_type::terminal);
    }
  }

  // The lease goes first: nothing is written under it any more, whatever the poll still does.
  Task<> EndOverlong(RunningPoll& overlong) {
    overlong.told_to_end = true;
    const auto lease = overlong.lease;  // the poll may end while this is recorded
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options_.longest_poll).count();
    const Error error{.code = ErrorCode::kDeadlineExceeded,
                      .message = "the poll did not end by itself (polling.longest_poll) and was ended after " +
                                 std::to_string(seconds) + " s; what it had stored is kept"};
    log_.Lost(lease, error);
    const auto recorded = co_await End(lease, FailedEnd(lease, error));
    if (!recorded && IsTransient(recorded.error().code)) log_.StoreAway(recorded.error());
    for (auto& running : running_) {
      if (IsOf(running, lease)) running.recorded = recorded.has_value();
    }
  }

  Task<> Renew() {
    next_renewal_ = Now() + options_.lease_ttl / 3;
    std::vector<AccountLease> leases;
    for (const auto& running : running_) {
      if (!running.told_to_end) leases.push_back(running.lease);
    }
    if (leases.empty()) co_return;
    const auto held = co_await database_.Run(
        [&](store::Transaction& transaction) { return rows::RenewLeases(transaction, leases, options_.lease_ttl); });
    if (!held) {
      log_.StoreAway(held.error());
      next_renewal_ = Now() + std::min<milliseconds>(options_.lease_ttl / 10, std::chrono::seconds{1});
      co_return;
    }
    for (auto& running : running_) {
      const bool asked = std::ranges::any_of(leases, [&](const auto& lease) { return IsOf(running, lease); });
      if (!asked || running.recording || std::ranges::find(*held, running.lease.who.account) != held->end()) continue;
      running.told_to_end = true;
      log_.Lost(running.lease, {.code = ErrorCode::kConflict,
                                .message = "the lease went: the account was disabled or changed meanwhile, or "
                                           "another process took it after this one could not renew it in time"});
    }
  }

  static bool IsOf(const RunningPoll& running, const AccountLease& lease) {
    return running.lease.who.account == lease.who.account && running.lease.token == lease.token;
  }

  milliseconds UntilRunningNeedUs() const {
    auto next = milliseconds::max();
    for (const auto& running : running_) {
      if (running.recording) continue;
      next = std::min(next, running.told_to_end ? kTellAgain : Until(running.must_end_by));
    }
    return running_.empty() ? next : std::min(next, Until(next_renewal_));
  }

  Task<> WaitFor(milliseconds duration) {
    if (woken_ && !stopping_) co_return;
    timer_.expires_after(duration);
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  store::Database& database_;
  const Clock& clock_;
  SchedulerOptions options_;
  PollIntervals intervals_;
  PollLog& log_;
  order_ingest::Poll poll_;
  asio::any_io_executor executor_;
  asio::steady_timer timer_;
  std::list<RunningPoll> running_;
  SteadyTime next_renewal_ = SteadyTime::max();
  SteadyTime next_claim_ = SteadyTime::min();
  SteadyTime next_look_at_all_ = SteadyTime::min();  // see rows::ClaimWish
  Backoff backoff_{milliseconds{250}, std::chrono::seconds{5}};
  bool woken_ = false;
  bool stopping_ = false;
};

PollScheduler::PollScheduler(asio::any_io_executor executor, store::Database& database, const Clock& clock,
                             SchedulerOptions options, PollIntervals intervals, PollLog& log, Poll poll)
    : impl_(std::make_unique<Impl>(std::move(executor), database, clock, std::move(options), intervals, log,
                                   std::move(poll))) {}
PollScheduler::~PollScheduler() = default;

Task<> PollScheduler::Run() {
  return impl_->Run();
}
void PollScheduler::AccountsChanged() {
  impl_->AccountsChanged();
}
void PollScheduler::Stop() {
  impl_->Stop();
}
int PollScheduler::running() const {
  return impl_->running();
}

}  // namespace cdiscount::order_ingest
