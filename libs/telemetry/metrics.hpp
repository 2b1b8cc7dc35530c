#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cdiscount::telemetry {

// All of them are thread-safe. A histogram of durations is given seconds: `seconds.Observe(took.count())`.
using Counter = prometheus::Counter;
using Gauge = prometheus::Gauge;
using Histogram = prometheus::Histogram;

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

  Counter& AddCounter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& AddGauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram& AddHistogram(const std::string& name, const std::string& help, const Labels& labels = {},
                          const std::vector<double>& buckets = DurationBuckets());

  /// The text that Prometheus scrapes.
  std::string Render() const;

  /// One sorted line per name for the golden file: "order_ingest_orders_total counter {outcome}".
  std::vector<std::string> Names() const;

 private:
  /// Where it belongs; throws unless the name is new, or stands for the same kind with the same label names.
  prometheus::Registry& Register(const std::string& name, std::string_view kind, const Labels& labels);

  mutable std::mutex mutex_;
  std::map<std::string, std::string> lines_;  ///< By name, as Names() gives them.
  prometheus::Registry registry_;
};

}  // namespace cdiscount::telemetry
