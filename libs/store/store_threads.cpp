#include "store/store_threads.hpp"

#include <utility>

namespace cdiscount::store {

StoreThreads::StoreThreads(std::function<std::unique_ptr<Session>()> open, int threads) : open_(std::move(open)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

StoreThreads::~StoreThreads() {
  Close();
}

bool StoreThreads::Take(Job job) {
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) return false;
    jobs_.push_back(std::move(job));
  }
  arrived_.notify_one();
  return true;
}

void StoreThreads::Close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  arrived_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void StoreThreads::Work() {
  std::unique_ptr<Session> session;
  while (auto job = Next()) {
    try {
      if (!session) session = open_();
    } catch (const StoreError& error) {
      const Error reason{error.code(), error.what()};
      job(nullptr, &reason);
      continue;
    }
    job(session.get(), nullptr);
  }
}

StoreThreads::Job StoreThreads::Next() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
  if (jobs_.empty()) return nullptr;
  auto job = std::move(jobs_.front());
  jobs_.pop_front();
  return job;
}

}  // namespace cdiscount::store
