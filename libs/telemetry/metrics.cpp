#include "telemetry/metrics.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <prometheus/text_serializer.h>

#include <regex>
#include <stdexcept>

#include "telemetry/build_info.hpp"

namespace cdiscount::telemetry {
namespace {

std::map<std::string, std::string> AsMap(const Labels& labels) {
  return {labels.begin(), labels.end()};
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

}  // namespace

std::vector<double> DurationBuckets() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
}

Metrics::Metrics(std::string service) {
  AddGauge(
      "build_info", "What runs here; always 1.",
      {{"service", std::move(service)}, {"version", std::string(Version())}, {"compiler", std::string(Compiler())}})
      .Set(1);
}

prometheus::Registry& Metrics::Register(const std::string& name, std::string_view kind, const Labels& labels) {
  CheckNames(name, labels);
  std::vector<std::string> label_names;
  for (const auto& [label, value] : labels) label_names.push_back(label);
  const auto line = fmt::format("{} {} {{{}}}", name, kind, fmt::join(label_names, ","));
  const std::scoped_lock lock(mutex_);
  const auto& known = lines_.emplace(name, line).first->second;
  if (known != line) {
    throw std::logic_error(fmt::format("a metric is registered as \"{}\" already, not as \"{}\"", known, line));
  }
  return registry_;
}

Counter& Metrics::AddCounter(const std::string& name, const std::string& help, const Labels& labels) {
  auto& registry = Register(name, "counter", labels);
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(AsMap(labels));
}

Gauge& Metrics::AddGauge(const std::string& name, const std::string& help, const Labels& labels) {
  auto& registry = Register(name, "gauge", labels);
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(AsMap(labels));
}

Histogram& Metrics::AddHistogram(const std::string& name, const std::string& help, const Labels& labels,
                                 const std::vector<double>& buckets) {
  auto& registry = Register(name, "histogram", labels);
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add(AsMap(labels), buckets);
}

std::string Metrics::Render() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

std::vector<std::string> Metrics::Names() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> lines;
  for (const auto& [name, line] : lines_) lines.push_back(line);
  return lines;
}

}  // namespace cdiscount::telemetry
