#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "telemetry/metrics.hpp"

namespace cdiscount::rpc::detail {

/// Rate, errors and duration of calls by method. Thread-safe.
class CallSeries {
 public:
  /// `prefix` is "rpc_server" or "rpc_client".
  CallSeries(telemetry::Metrics& metrics, std::string prefix, std::string help)
      : metrics_(metrics), prefix_(std::move(prefix)), help_(std::move(help)) {}

  void Began(std::string_view method) { Gauge(method).Increment(); }
  /// `code` is the gRPC name, "NOT_FOUND".
  void Ended(std::string_view method, std::string_view code, std::chrono::duration<double> took) {
    Gauge(method).Decrement();
    const std::scoped_lock lock(mutex_);
    auto& counter = counters_[{std::string(method), std::string(code)}];
    if (counter == nullptr) {
      counter = &metrics_.AddCounter(prefix_ + "_calls_total", help_ + ", by outcome.",
                                     {{"method", std::string(method)}, {"code", std::string(code)}});
    }
    counter->Increment();
    auto& histogram = histograms_[std::string(method)];
    if (histogram == nullptr) {
      histogram = &metrics_.AddHistogram(prefix_ + "_call_seconds", help_ + ": how long they took.",
                                         {{"method", std::string(method)}});
    }
    histogram->Observe(took.count());
  }

 private:
  telemetry::Gauge& Gauge(std::string_view method) {
    const std::scoped_lock lock(mutex_);
    auto& gauge = gauges_[std::string(method)];
    if (gauge == nullptr) {
      gauge = &metrics_.AddGauge(prefix_ + "_calls_running", help_ + " that have not ended.",
                                 {{"method", std::string(method)}});
    }
    return *gauge;
  }

  telemetry::Metrics& metrics_;
  const std::string prefix_, help_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, telemetry::Counter*> counters_;
  std::map<std::string, telemetry::Histogram*> histograms_;
  std::map<std::string, telemetry::Gauge*> gauges_;
};

}  // namespace cdiscount::rpc::detail
