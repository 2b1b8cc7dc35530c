#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/retry.hpp"
#include "core/task.hpp"
#include "crypto/uuid.hpp"
#include "store/database.hpp"
#include "work/due_work.hpp"

namespace cdiscount::work {

/// Claims rows as they become due and runs their work side by side, each as a coroutine. `clock` tells when something
/// is due; the waits for it are real. Every run ends, and how it ended is recorded:
/// - While it runs its lease is renewed, and the row is not claimed again. When the lease is lost, it is cancelled.
/// - A run that takes longer than `longest_run` is recorded as failed, which gives its lease back, and cancelled.
/// - A run that could not record its end (the store failed) is ended here, as long as its lease holds.
/// Network thread.
template <class Row>
class DueRows {
 public:
  DueRows(boost::asio::any_io_executor executor, store::Database& database, const Clock& clock, DueRowsOptions options,
          DueWork<Row> work)
      : executor_(std::move(executor)),
        database_(database),
        clock_(clock),
        options_(options),
        work_(std::move(work)),
        timer_(executor_) {}
  DueRows(const DueRows&) = delete;
  DueRows& operator=(const DueRows&) = delete;

  /// Runs until Stop; then the runs are cancelled, and it ends when the last one has given its lease back.
  Task<> Run();
  /// Rows have changed: something may be due now, and runs may have lost their right to go on.
  void RowsChanged() {
    next_renewal_ = Now();
    Wake();
  }
  void Stop() {
    stopping_ = true;
    Wake();
  }
  int running() const { return static_cast<int>(running_.size()); }

 private:
  using milliseconds = std::chrono::milliseconds;

  // A run that is told to end is told again this often: inside the database it hears nothing.
  static constexpr milliseconds kTellAgain{50};

  struct Running {
    Row row;
    SteadyTime must_end_by;
    bool told_to_end = false;
    bool overlong = false;  // told to end by EndOverlong
    bool recorded = false;  // its end, by EndOverlong
    bool ended = false;     // by itself; when it could not record its end, that is done now
    boost::asio::cancellation_signal cancel;
  };

  void Wake() {
    woken_ = true;
    timer_.cancel();
  }
  SteadyTime Now() const { return clock_.SteadyNow(); }
  milliseconds Until(SteadyTime then) const {
    return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(then - Now()));
  }

  Task<milliseconds> Claim();
  void Start(Row row);
  Task<> RunOne(std::shared_ptr<Running> mine);
  Task<> Record(const Row& row, std::optional<Error> error);
  Task<> LookAfterRunning();
  Task<> EndOverlong(std::shared_ptr<Running> overlong);
  Task<> Renew();
  milliseconds UntilRunningNeedUs() const;
  Task<> WaitFor(milliseconds duration);

  boost::asio::any_io_executor executor_;
  store::Database& database_;
  const Clock& clock_;
  const std::string owner_ = crypto::UuidV4();  // names this process in the leases
  const DueRowsOptions options_;
  const DueWork<Row> work_;
  boost::asio::steady_timer timer_;
  std::vector<std::shared_ptr<Running>> running_;
  SteadyTime next_renewal_ = SteadyTime::max();
  SteadyTime next_claim_ = SteadyTime::min();
  SteadyTime next_look_at_all_ = SteadyTime::min();  // see ClaimWish
  Backoff backoff_{milliseconds{250}, std::chrono::seconds{5}};
  bool woken_ = false;
  bool stopping_ = false;
};

template <class Row>
Task<> DueRows<Row>::Run() {
  // When the host cancels, leases are still given back: nothing here is left by an exception.
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  while (!stopping_) {
    co_await LookAfterRunning();
    // Runs may need us many times between two claims.
    if (!stopping_ && (woken_ || Now() >= next_claim_)) {
      const auto wait = co_await Claim();
      next_claim_ = Now() + wait;
    }
    if (!stopping_) co_await WaitFor(std::min(Until(next_claim_), UntilRunningNeedUs()));
  }
  while (!running_.empty()) {
    for (auto& running : running_) running->cancel.emit(boost::asio::cancellation_type::terminal);
    co_await WaitFor(kTellAgain);
  }
}

template <class Row>
Task<std::chrono::milliseconds> DueRows<Row>::Claim() {
  woken_ = false;
  const int free = options_.parallel - running();
  if (free <= 0) co_return options_.longest_wait;  // the end of a run wakes us
  ClaimWish wish{.owner = owner_, .most = free, .ttl = options_.lease_ttl, .also_set_back = Now() >= next_look_at_all_};
  for (const auto& running : running_) wish.running.push_back(running->row.key());
  auto due = co_await database_.Run([&](store::Transaction& transaction) { return work_.claim(transaction, wish); });
  if (!due) {
    work_.on_store_away(due.error());
    co_return backoff_.Next();
  }
  backoff_.Reset();
  const bool maybe_more = static_cast<int>(due->rows.size()) == free;
  if (wish.also_set_back && !maybe_more) next_look_at_all_ = Now() + options_.longest_wait;
  if (running_.empty()) next_renewal_ = Now() + options_.lease_ttl / 3;
  for (auto& row : due->rows) Start(std::move(row));
  if (maybe_more) co_return options_.longest_wait;
  // A due row that this claim did not get is locked by another process at this instant.
  co_return std::min(options_.longest_wait, std::max(due->next_in.value_or(options_.longest_wait), milliseconds{10}));
}

template <class Row>
void DueRows<Row>::Start(Row row) {
  const auto mine = std::make_shared<Running>(std::move(row), Now() + options_.longest_run);
  running_.push_back(mine);
  work_.on_running(running());
  boost::asio::co_spawn(
      executor_, RunOne(mine),
      boost::asio::bind_cancellation_slot(mine->cancel.slot(), [this, mine](std::exception_ptr failure) {
        std::erase(running_, mine);
        work_.on_running(running());
        Wake();
        if (failure) std::rethrow_exception(failure);  // a bug: the host ends the process with it
      }));
}

template <class Row>
Task<> DueRows<Row>::RunOne(std::shared_ptr<Running> mine) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  const auto ended = co_await work_.run(mine->row);
  mine->ended = true;
  if (ended) co_return;
  if (!mine->told_to_end) work_.on_lost(mine->row, ended.error());
  if (mine->recorded) co_return;
  // A lost lease is no failure of the row.
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  const bool interrupted = state.cancelled() != boost::asio::cancellation_type::none;
  const bool failed = !interrupted && ended.error().code != ErrorCode::kConflict;
  if (mine->overlong) {
    co_await Record(mine->row, work_.overlong);
  } else {
    co_await Record(mine->row, failed ? std::optional(ended.error()) : std::nullopt);
  }
}

// The end of a run that could not record it by itself. Without its lease there is nothing to record.
template <class Row>
Task<> DueRows<Row>::Record(const Row& row, std::optional<Error> error) {
  const auto give_up = Now() + options_.lease_ttl;
  Backoff backoff{milliseconds{100}, std::chrono::seconds{5}};
  while (true) {
    const auto recorded =
        co_await database_.Run([&](store::Transaction& transaction) { return work_.end(transaction, row, error); });
    if (recorded || !IsTransient(recorded.error().code) || stopping_ || Now() >= give_up) co_return;
    work_.on_store_away(recorded.error());
    boost::asio::steady_timer pause(executor_, backoff.Next());
    boost::system::error_code ignored;
    co_await pause.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }
}

// Leases are renewed first, and between runs that are ended: a slow database must not cost the other runs theirs.
template <class Row>
Task<> DueRows<Row>::LookAfterRunning() {
  while (!stopping_) {
    if (!running_.empty() && Now() >= next_renewal_) co_await Renew();
    const auto overlong = std::ranges::find_if(running_, [now = Now()](const auto& running) {
      return !running->told_to_end && !running->ended && now >= running->must_end_by;
    });
    if (overlong == running_.end()) break;
    co_await EndOverlong(*overlong);
  }
  for (auto& running : running_) {
    if (running->told_to_end && !running->ended) running->cancel.emit(boost::asio::cancellation_type::terminal);
  }
}

// The lease goes first: nothing is written under it any more, whatever the run still does.
template <class Row>
Task<> DueRows<Row>::EndOverlong(std::shared_ptr<Running> overlong) {
  overlong->told_to_end = true;
  overlong->overlong = true;
  work_.on_lost(overlong->row, work_.overlong);
  const auto recorded = co_await database_.Run(
      [&](store::Transaction& transaction) { return work_.end(transaction, overlong->row, work_.overlong); });
  if (!recorded && IsTransient(recorded.error().code)) work_.on_store_away(recorded.error());
  overlong->recorded = recorded.has_value();
}

template <class Row>
Task<> DueRows<Row>::Renew() {
  next_renewal_ = Now() + options_.lease_ttl / 3;
  std::vector<Row> rows;
  for (const auto& running : running_) {
    if (!running->told_to_end) rows.push_back(running->row);
  }
  if (rows.empty()) co_return;
  const auto held = co_await database_.Run(
      [&](store::Transaction& transaction) { return work_.renew(transaction, rows, options_.lease_ttl); });
  if (!held) {
    work_.on_store_away(held.error());
    next_renewal_ = Now() + std::min<milliseconds>(options_.lease_ttl / 10, std::chrono::seconds{1});
    co_return;
  }
  for (auto& running : running_) {  // nothing was started meanwhile
    const bool asked = !running->told_to_end && !running->ended;
    if (!asked || std::ranges::find(*held, running->row.key()) != held->end()) continue;
    running->told_to_end = true;
    work_.on_lost(running->row, work_.lease_lost);
  }
}

template <class Row>
std::chrono::milliseconds DueRows<Row>::UntilRunningNeedUs() const {
  auto next = milliseconds::max();
  for (const auto& running : running_) {
    if (running->ended) continue;
    next = std::min(next, running->told_to_end ? kTellAgain : Until(running->must_end_by));
  }
  return running_.empty() ? next : std::min(next, Until(next_renewal_));
}

template <class Row>
Task<> DueRows<Row>::WaitFor(milliseconds duration) {
  if (woken_ && !stopping_) co_return;
  timer_.expires_after(duration);
  boost::system::error_code ignored;
  co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
}

}  // namespace cdiscount::work
