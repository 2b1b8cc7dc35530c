#include "service/loop.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "core/retry.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace cdiscount::service {
namespace {

class Loop {
 public:
  Loop(Host& host, LoopOptions options, std::function<Task<Status>()> step)
      : host_(host),
        options_(std::move(options)),
        step_(std::move(step)),
        ok_(Steps("ok")),
        failed_(Steps("failed")),
        last_success_(host.metrics().AddGauge("service_loop_last_success_timestamp_seconds",
                                              "When a step of this loop last went well, seconds since 1970.",
                                              {{"loop", options_.name}})),
        backoff_(options_.first_backoff, options_.most_backoff) {}

  Task<> Run() {
    auto pause = std::chrono::milliseconds{0};
    do {
      std::exception_ptr thrown;
      Status status;
      try {
        status = co_await step_();
      } catch (...) {
        thrown = std::current_exception();
      }
      if (thrown) status = FromException(thrown);
      if (!status && status.error().code == ErrorCode::kCancelled && host_.stopping()) co_return;
      pause = status ? Succeeded() : Failed(status.error());
    } while (co_await host_.WaitFor(pause));
  }

 private:
  telemetry::Counter& Steps(std::string outcome) {
    return host_.metrics().AddCounter("service_loop_steps_total", "Steps of the loops of this process.",
                                      {{"loop", options_.name}, {"outcome", std::move(outcome)}});
  }

  static Error FromException(const std::exception_ptr& thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
      if (error.code() == boost::asio::error::operation_aborted) return {ErrorCode::kCancelled, "told to stop"};
      return {ErrorCode::kInternal, error.what()};
    } catch (const std::exception& error) {
      return {ErrorCode::kInternal, error.what()};
    } catch (...) {
      return {ErrorCode::kInternal, "something that is no std::exception"};
    }
  }

  std::chrono::milliseconds Succeeded() {
    ok_.Increment();
    last_success_.Set(std::chrono::duration<double>(host_.clock().Now().time_since_epoch()).count());
    backoff_.Reset();
    return options_.period;
  }

  std::chrono::milliseconds Failed(const Error& error) {
    failed_.Increment();
    log_.Warn("loop_step_failed",
              {{"loop", options_.name}, {"code", ToString(error.code)}, {"message", error.message}});
    return std::max(backoff_.Next(), error.retry_after.value_or(std::chrono::milliseconds{0}));
  }

  Host& host_;
  const LoopOptions options_;
  const std::function<Task<Status>()> step_;
  telemetry::Counter& ok_;
  telemetry::Counter& failed_;
  telemetry::Gauge& last_success_;
  Backoff backoff_;
  log::Limited log_;
};

/// Keeps the loop alive as long as it runs.
Task<> Own(std::unique_ptr<Loop> loop) {
  co_await loop->Run();
}

}  // namespace

void SpawnLoop(Host& host, LoopOptions options, std::function<Task<Status>()> step) {
  const auto name = options.name;
  host.Spawn(name, Own(std::make_unique<Loop>(host, std::move(options), std::move(step))));
}

}  // namespace cdiscount::service
