#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cdiscount::telemetry {

/// Where in which trace something happens (W3C Trace Context). An immutable value; goes through HTTP and gRPC as the
/// header "traceparent", through outbox rows as a column, and through Kafka as a header of the same name.
class TraceContext {
 public:
  /// A new trace, sampled.
  static TraceContext NewRoot();

  /// Reads a traceparent header. Nothing when it breaks the format, or names the all-zero trace or parent. A version
  /// newer than 00 is read as far as 00 goes, as W3C asks.
  static std::optional<TraceContext> Parse(std::string_view traceparent);

  /// The trace of this header, else a new one.
  static TraceContext ParseOrNewRoot(std::string_view traceparent);

  /// The same trace, a new span.
  TraceContext Child() const;

  /// "00-<trace id>-<span id>-<flags>".
  std::string ToHeader() const;

  /// 32 lower-case hex digits: the field "trace_id" of a log line.
  const std::string& trace_id() const { return trace_id_; }
  /// 16 lower-case hex digits.
  const std::string& span_id() const { return span_id_; }
  bool sampled() const { return sampled_; }

  friend bool operator==(const TraceContext&, const TraceContext&) = default;

 private:
  TraceContext() = default;
  std::string trace_id_;
  std::string span_id_;
  bool sampled_ = true;
};

}  // namespace cdiscount::telemetry
