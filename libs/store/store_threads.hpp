#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/result.hpp"
#include "store/session.hpp"

namespace cdiscount::store {

/// Threads with one session each, and one queue for all of them. Thread-safe.
class StoreThreads {
 public:
  /// One piece of work; exactly one of the two is there: a session, or why there is none.
  using Job = std::function<void(Session*, const Error*)>;

  StoreThreads(std::function<std::unique_ptr<Session>()> open, int threads);
  ~StoreThreads();
  StoreThreads(const StoreThreads&) = delete;
  StoreThreads& operator=(const StoreThreads&) = delete;

  /// False when it is closed; the job is not taken then.
  bool Take(Job job);
  /// Waits until the work that was taken is done, then ends the threads.
  void Close();

 private:
  void Work();
  /// Waits for work; nothing when it is closed and all work is done.
  Job Next();

  const std::function<std::unique_ptr<Session>()> open_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job> jobs_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace cdiscount::store
