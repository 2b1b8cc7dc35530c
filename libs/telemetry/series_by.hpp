#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "telemetry/metrics.hpp"

namespace cdiscount::telemetry {

/// The series of one name that differ in one label, one per value of an enum, in one array. All of them exist from the
/// start. Thread-safe.
///
///     CountersBy<Verdict> orders{metrics, "order_ingest_orders_total", "...", "outcome", {"new", "changed"}};
///     orders[Verdict::kChanged].Increment();
template <class Enum, class Handle, auto kAdd>
class SeriesBy {
 public:
  /// `labels` are in the order of the enum, which counts from 0. An empty one stands for a value that never occurs.
  SeriesBy(Metrics& metrics, const std::string& name, const std::string& help, const std::string& label,
           const std::vector<std::string>& labels) {
    for (const auto& value : labels) {
      handles_.push_back(value.empty() ? nullptr : &(metrics.*kAdd)(name, help, {{label, value}}));
    }
  }

  /// Throws std::logic_error for a value without a label: it is a bug.
  Handle& operator[](Enum value) {
    const auto index = static_cast<std::size_t>(value);
    if (index >= handles_.size() || handles_[index] == nullptr) throw std::logic_error("a metric lacks this label");
    return *handles_[index];
  }

 private:
  std::vector<Handle*> handles_;
};

template <class Enum>
using CountersBy = SeriesBy<Enum, Counter, &Metrics::AddCounter>;
template <class Enum>
using GaugesBy = SeriesBy<Enum, Gauge, &Metrics::AddGauge>;

/// The labels of all error codes, for CountersBy<ErrorCode>.
inline std::vector<std::string> ErrorLabels() {
  std::vector<std::string> labels;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    labels.emplace_back(ToString(static_cast<ErrorCode>(code)));
  }
  return labels;
}

}  // namespace cdiscount::telemetry
