#include "telemetry/metrics.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <regex>
#include <stdexcept>
#include <variant>

#include "telemetry/build_info.hpp"

namespace cdiscount::telemetry {
namespace {

class PrometheusCounter final : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
  void Increment(double by) override { counter_.Increment(by); }
  double value() const override { return counter_.Value(); }

 private:
  prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void Set(double value) override { gauge_.Set(value); }
  void Add(double by) override { gauge_.Increment(by); }
  double value() const override { return gauge_.Value(); }

 private:
  prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void Observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

/// All series of one name.
template <class Handle, class Family>
struct Series {
  Family* family;
  std::map<Labels, std::unique_ptr<Handle>> handles;
};
using Counters = Series<Counter, prometheus::Family<prometheus::Counter>>;
using Gauges = Series<Gauge, prometheus::Family<prometheus::Gauge>>;
using Histograms = Series<Histogram, prometheus::Family<prometheus::Histogram>>;

struct Entry {
  std::vector<std::string> label_names;
  std::variant<Counters, Gauges, Histograms> series;
};

std::string_view KindOf(const Entry& entry) {
  constexpr std::string_view kKinds[] = {"counter", "gauge", "histogram"};
  return kKinds[entry.series.index()];
}

std::vector<std::string> NamesOf(const Labels& labels) {
  std::vector<std::string> names;
  for (const auto& [name, value] : labels) names.push_back(name);
  return names;
}

void CheckNames(const std::string& name, const Labels& labels) {
  static const std::regex kSnakeCase("[a-z][a-z0-9]*(_[a-z0-9]+)*");
  if (!std::regex_match(name, kSnakeCase))
    throw std::logic_error(fmt::format("metric name \"{}\" is not snake_case", name));
  for (const auto& [label, value] : labels) {
    if (!std::regex_match(label, kSnakeCase)) {
      throw std::logic_error(fmt::format("label \"{}\" of metric \"{}\" is not snake_case", label, name));
    }
  }
}

std::map<std::string, std::string> AsMap(const Labels& labels) {
  return {labels.begin(), labels.end()};
}

}  // namespace

class Metrics::Impl {
 public:
  /// The handle for a name and labels; `open` makes the family, `add` a series in it.
  template <class Kind, class Open, class Add>
  auto& Handle(const std::string& name, const Labels& labels, Open open, Add add) {
    CheckNames(name, labels);
    const std::scoped_lock lock(mutex_);
    auto found = entries_.find(name);
    if (found == entries_.end()) {
      found = entries_.emplace(name, Entry{NamesOf(labels), Kind{&open(), {}}}).first;
    }
    auto* series = std::get_if<Kind>(&found->second.series);
    if (series == nullptr || found->second.label_names != NamesOf(labels)) {
      throw std::logic_error(fmt::format("metric \"{}\" is registered as a {} with labels {{{}}} already", name,
                                         KindOf(found->second), fmt::join(found->second.label_names, ",")));
    }
    auto& handle = series->handles[labels];
    if (!handle) handle = add(*series->family);
    return *handle;
  }

  prometheus::Registry& registry() { return registry_; }

  std::vector<std::string> Names() const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> lines;
    for (const auto& [name, entry] : entries_) {
      lines.push_back(fmt::format("{} {} {{{}}}", name, KindOf(entry), fmt::join(entry.label_names, ",")));
    }
    return lines;
  }

 private:
  mutable std::mutex mutex_;
  prometheus::Registry registry_;
  std::map<std::string, Entry> entries_;
};

std::vector<double> DurationBuckets() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
}

Metrics::Metrics(std::string service) : impl_(std::make_unique<Impl>()) {
  AddGauge(
      "build_info", "What runs here; always 1.",
      {{"service", std::move(service)}, {"version", std::string(Version())}, {"compiler", std::string(Compiler())}})
      .Set(1);
}

Metrics::~Metrics() = default;

Counter& Metrics::AddCounter(const std::string& name, const std::string& help, const Labels& labels) {
  return impl_->Handle<Counters>(
      name, labels,
      [&]() -> auto& { return prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry()); },
      [&](auto& family) { return std::make_unique<PrometheusCounter>(family.Add(AsMap(labels))); });
}

Gauge& Metrics::AddGauge(const std::string& name, const std::string& help, const Labels& labels) {
  return impl_->Handle<Gauges>(
      name, labels,
      [&]() -> auto& { return prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry()); },
      [&](auto& family) { return std::make_unique<PrometheusGauge>(family.Add(AsMap(labels))); });
}

Histogram& Metrics::AddHistogram(const std::string& name, const std::string& help, const Labels& labels,
                                 const std::vector<double>& buckets) {
  return impl_->Handle<Histograms>(
      name, labels,
      [&]() -> auto& { return prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry()); },
      [&](auto& family) { return std::make_unique<PrometheusHistogram>(family.Add(AsMap(labels), buckets)); });
}

std::string Metrics::Render() const {
  return prometheus::TextSerializer().Serialize(impl_->registry().Collect());
}

std::vector<std::string> Metrics::Names() const {
  return impl_->Names();
}

}  // namespace cdiscount::telemetry
