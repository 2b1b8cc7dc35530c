#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cdiscount::telemetry {

/// Only grows. Thread-safe.
class Counter {
 public:
  virtual ~Counter() = default;
  virtual void Increment(double by = 1) = 0;
  virtual double value() const = 0;
};

/// Goes up and down. Thread-safe.
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(double value) = 0;
  virtual void Add(double by) = 0;
  virtual double value() const = 0;
};

/// A distribution. Thread-safe.
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double value) = 0;
  /// In seconds, the unit of every `_seconds` metric.
  void Observe(std::chrono::duration<double> duration) { Observe(duration.count()); }
};

/// Label names and values, from small fixed sets: never an id.
using Labels = std::vector<std::pair<std::string, std::string>>;

/// Bounds for durations at an edge, 1 ms to 60 s.
std::vector<double> DurationBuckets();

/// The metrics of one process, in Prometheus' words. Thread-safe.
///
/// A struct per owner holds the handles: a service's `metrics.hpp` registers each name once, with every label value
/// that can occur, so that a series exists (as 0) before its first event. Handles live as long as this object.
/// Registering the same name and labels again gives the same handle; the same name as another kind, with other label
/// names, or a name that is not snake_case throws std::logic_error: it is a bug.
class Metrics {
 public:
  /// Also registers `build_info{service,version,compiler} 1`.
  explicit Metrics(std::string service);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter& AddCounter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& AddGauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram& AddHistogram(const std::string& name, const std::string& help, const Labels& labels = {},
                          const std::vector<double>& buckets = DurationBuckets());

  /// The text that Prometheus scrapes.
  std::string Render() const;

  /// One sorted line per name for the golden file: "order_ingest_orders_total counter {outcome}".
  std::vector<std::string> Names() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cdiscount::telemetry
