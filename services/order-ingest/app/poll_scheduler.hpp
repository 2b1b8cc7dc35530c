#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "app/poll_interval.hpp"
#include "app/poll_log.hpp"
#include "core/clock.hpp"
#include "core/task.hpp"
#include "domain/account_lease.hpp"
#include "store/database.hpp"

namespace cdiscount::order_ingest {

struct SchedulerOptions {
  std::string owner = {};                           ///< Names this process in the leases.
  int parallel = 32;                                ///< Polls at the same time: one slow account delays no other.
  std::chrono::milliseconds lease_ttl{120'000};     ///< Renewed at a third of it, for all running polls at once.
  std::chrono::milliseconds longest_poll{300'000};  ///< A poll that takes longer is ended from outside.
  std::chrono::milliseconds longest_wait{5'000};    ///< Looks at the database this often at least.
};

/// One poll, which records its end with EndPoll; gives an error when it could not. Called on the network thread.
using Poll = std::function<Task<Result<PollReport>>(AccountLease)>;

/// Claims accounts as they become due and polls them side by side. `clock` tells when something is due; the waits for
/// it are real. Every poll ends, and how it ended is recorded:
/// - While it runs its lease is renewed, and the account is not claimed again. When the lease is lost, or the account
///   was disabled or changed its generation, the poll is cancelled.
/// - A poll that takes longer than `longest_poll` is recorded as failed, which gives its lease back, and cancelled.
/// - A poll that could not record its end (the store failed) is ended here, as long as its lease holds.
/// Network thread.
class PollScheduler {
 public:
  PollScheduler(boost::asio::any_io_executor executor, store::Database& database, const Clock& clock,
                SchedulerOptions options, PollIntervals intervals, PollLog& log, Poll poll);
  ~PollScheduler();
  PollScheduler(const PollScheduler&) = delete;
  PollScheduler& operator=(const PollScheduler&) = delete;

  /// Runs until Stop; then running polls are cancelled, and it ends when the last one has given its lease back.
  Task<> Run();
  /// Accounts have changed: something may be due now, and running polls may have lost their right to go on.
  void AccountsChanged();
  void Stop();
  int running() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cdiscount::order_ingest
