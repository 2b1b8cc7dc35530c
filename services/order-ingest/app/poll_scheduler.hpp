#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "app/ports.hpp"
#include "core/task.hpp"

namespace cdiscount::order_ingest {

struct SchedulerOptions {
  int parallel = 32;                              ///< Polls at the same time: one slow account delays nobody.
  std::chrono::milliseconds lease_ttl{120'000};   ///< Extended by each page that is stored.
  std::chrono::milliseconds longest_wait{5'000};  ///< Looks at the database this often at least.
};

/// Claims accounts as they become due and polls them side by side. Network thread.
class PollScheduler {
 public:
  /// `poll` may fail by its own rules; it must give the lease back. `on_store_error` hears of a store that is away.
  PollScheduler(boost::asio::any_io_executor executor, OrderStore& store, SchedulerOptions options,
                std::function<Task<>(AccountLease)> poll, std::function<void(const Error&)> on_store_error);
  ~PollScheduler();
  PollScheduler(const PollScheduler&) = delete;
  PollScheduler& operator=(const PollScheduler&) = delete;

  /// Runs until Stop; then running polls are cancelled, and it ends when the last one has given its lease back.
  Task<> Run();
  /// Something may be due now.
  void Wake();
  void Stop();
  int running() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cdiscount::order_ingest
