#pragma once

#include <grpcpp/client_context.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string_view>

#include "rpc/call_series.hpp"

namespace cdiscount::rpc::detail {

/// The calls of a channel that gRPC has not let go of. Thread-safe.
class Pending {
 public:
  explicit Pending(std::unique_ptr<CallSeries> series) : series_(std::move(series)) {}

  void Began(grpc::ClientContext* context, std::string_view method) {
    if (series_) series_->Began(method);
    const std::scoped_lock lock(mutex_);
    contexts_.insert(context);
  }

  void Ended(std::string_view method, std::string_view code, std::chrono::duration<double> took) {
    if (series_) series_->Ended(method, code, took);
  }

  /// The call is answered, and its context is about to go: it is not cancelled any more, but still waited for.
  void Releasing(grpc::ClientContext* context) {
    const std::scoped_lock lock(mutex_);
    contexts_.erase(context);
    ++releasing_;
  }

  /// The last that is done for a call, on gRPC's thread.
  void Released() {
    const std::scoped_lock lock(mutex_);
    --releasing_;
    if (None()) none_.notify_all();
  }

  void CancelAllAndWait() {
    std::unique_lock lock(mutex_);
    for (auto* context : contexts_) context->TryCancel();
    none_.wait(lock, [this] { return None(); });
  }

 private:
  bool None() const { return contexts_.empty() && releasing_ == 0; }

  const std::unique_ptr<CallSeries> series_;
  std::mutex mutex_;
  std::condition_variable none_;
  std::set<grpc::ClientContext*> contexts_;  // alive, as long as they are here
  int releasing_ = 0;
};

}  // namespace cdiscount::rpc::detail
