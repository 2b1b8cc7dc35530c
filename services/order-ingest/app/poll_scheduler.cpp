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
#include <utility>

#include "core/retry.hpp"

namespace cdiscount::order_ingest {
namespace asio = boost::asio;

class PollScheduler::Impl {
 public:
  Impl(asio::any_io_executor executor, OrderStore& store, SchedulerOptions options,
       std::function<Task<>(AccountLease)> poll, std::function<void(const Error&)> on_store_error)
      : store_(store),
        options_(options),
        poll_(std::move(poll)),
        on_store_error_(std::move(on_store_error)),
        executor_(executor),
        timer_(executor) {}

  Task<> Run() {
    // When the host cancels, leases are still given back: nothing here is left by an exception.
    co_await asio::this_coro::throw_if_cancelled(false);
    while (!stopping_) {
      const auto wait = co_await ClaimAndPoll();
      if (!stopping_) co_await WaitFor(wait);
    }
    while (!running_.empty()) {
      // Again and again: a poll that is inside the database hears nothing until its next call to the marketplace.
      for (auto& running : running_) running.emit(asio::cancellation_type::terminal);
      co_await WaitFor(std::chrono::milliseconds{50});
    }
  }

  void Wake() {
    woken_ = true;
    timer_.cancel();
  }
  void Stop() {
    stopping_ = true;
    Wake();
  }
  int running() const { return static_cast<int>(running_.size()); }

 private:
  Task<std::chrono::milliseconds> ClaimAndPoll() {
    woken_ = false;
    const int free = options_.parallel - running();
    if (free <= 0) co_return options_.longest_wait;  // the end of a poll wakes us
    auto due = co_await store_.ClaimDue(free, options_.lease_ttl);
    if (!due) {
      on_store_error_(due.error());
      co_return backoff_.Next();
    }
    backoff_.Reset();
    const bool maybe_more = static_cast<int>(due->leases.size()) == free;
    for (auto& lease : due->leases) Start(std::move(lease));
    if (maybe_more) co_return options_.longest_wait;
    co_return std::min(options_.longest_wait, due->next_in.value_or(options_.longest_wait));
  }

  void Start(AccountLease lease) {
    const auto mine = running_.emplace(running_.end());
    asio::co_spawn(executor_, Poll(std::move(lease)),
                   asio::bind_cancellation_slot(mine->slot(), [this, mine](std::exception_ptr failure) {
                     running_.erase(mine);
                     Wake();
                     if (failure) std::rethrow_exception(failure);  // a bug: the host ends the process with it
                   }));
  }

  Task<> Poll(AccountLease lease) {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await poll_(std::move(lease));
  }

  Task<> WaitFor(std::chrono::milliseconds duration) {
    if (woken_ && !stopping_) co_return;
    timer_.expires_after(duration);
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  OrderStore& store_;
  SchedulerOptions options_;
  std::function<Task<>(AccountLease)> poll_;
  std::function<void(const Error&)> on_store_error_;
  asio::any_io_executor executor_;
  asio::steady_timer timer_;
  std::list<asio::cancellation_signal> running_;
  Backoff backoff_{std::chrono::milliseconds{250}, std::chrono::seconds{5}};
  bool woken_ = false;
  bool stopping_ = false;
};

PollScheduler::PollScheduler(asio::any_io_executor executor, OrderStore& store, SchedulerOptions options,
                             std::function<Task<>(AccountLease)> poll, std::function<void(const Error&)> on_store_error)
    : impl_(std::make_unique<Impl>(std::move(executor), store, options, std::move(poll), std::move(on_store_error))) {}
PollScheduler::~PollScheduler() = default;

Task<> PollScheduler::Run() {
  return impl_->Run();
}
void PollScheduler::Wake() {
  impl_->Wake();
}
void PollScheduler::Stop() {
  impl_->Stop();
}
int PollScheduler::running() const {
  return impl_->running();
}

}  // namespace cdiscount::order_ingest
