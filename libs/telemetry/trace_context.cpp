#include "telemetry/trace_context.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <random>

namespace cdiscount::telemetry {
namespace {

/// Trace ids only have to be unique, not secret.
std::mt19937_64& Generator() {
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return generator;
}

/// 16 digits, not all of them 0.
std::string NewSpan() {
  return fmt::format("{:016x}", std::uniform_int_distribution<std::uint64_t>(1)(Generator()));
}

/// W3C allows lower case only.
bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool AllZero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

TraceContext TraceContext::NewRoot() {
  TraceContext context;
  context.trace_id_ = NewSpan() + NewSpan();
  context.span_id_ = NewSpan();
  return context;
}

std::optional<TraceContext> TraceContext::Parse(std::string_view text) {
  constexpr std::size_t kLength = 55;  // 2 + 1 + 32 + 1 + 16 + 1 + 2
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const auto version = text.substr(0, 2), trace = text.substr(3, 32), span = text.substr(36, 16);
  const auto flags = text.substr(53, 2);
  if (!IsHex(version) || !IsHex(trace) || !IsHex(span) || !IsHex(flags)) return std::nullopt;
  if (version == "ff" || AllZero(trace) || AllZero(span)) return std::nullopt;
  // Version 00 ends here; a newer one may go on, after a dash.
  if (text.size() > kLength && (version == "00" || text[kLength] != '-')) return std::nullopt;

  TraceContext context;
  context.trace_id_ = trace;
  context.span_id_ = span;
  context.sampled_ = std::string_view("13579bdf").find(flags[1]) != std::string_view::npos;  // its lowest bit
  return context;
}

TraceContext TraceContext::ParseOrNewRoot(std::string_view text) {
  const auto parsed = Parse(text);
  return parsed ? *parsed : NewRoot();
}

TraceContext TraceContext::Child() const {
  TraceContext child = *this;
  child.span_id_ = NewSpan();
  return child;
}

std::string TraceContext::ToHeader() const {
  return "00-" + trace_id_ + "-" + span_id_ + (sampled_ ? "-01" : "-00");
}

}  // namespace cdiscount::telemetry
