#include "telemetry/log.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <utility>

#include "core/time_text.hpp"
#include "telemetry/json_text.hpp"

namespace cdiscount::log {
namespace {

/// Never destroyed: threads and static destructors may log until the very end.
struct State {
  std::atomic<Level> level = Level::kInfo;
  std::mutex mutex;
  std::string service = "unknown";
  std::function<void(std::string_view)> sink;
};

State& TheState() {
  static auto* const state = new State;
  return *state;
}

const Clock& MachineClock() {
  static const SystemClock clock;
  return clock;
}

struct Append {
  std::string& out;
  void operator()(std::string_view text) const { telemetry::AppendJsonString(out, text); }
  void operator()(bool flag) const { out += flag ? "true" : "false"; }
  void operator()(double number) const {
    if (std::isfinite(number)) {
      fmt::format_to(std::back_inserter(out), "{}", number);
    } else {
      out += "null";
    }
  }
  void operator()(auto number) const { fmt::format_to(std::back_inserter(out), "{}", number); }
};

void Add(std::string& line, std::string_view key, const Value& value) {
  line += ',';
  telemetry::AppendJsonString(line, key);
  line += ':';
  std::visit(Append{line}, value.kind());
}

void Write(Level level, std::string_view event, Fields fields, std::uint64_t held_back) {
  auto& state = TheState();
  if (level < state.level.load(std::memory_order_relaxed)) return;

  std::string rest;
  rest.reserve(256);
  Add(rest, "level", ToString(level));
  std::string tail;
  Add(tail, "event", event);
  for (const auto& [key, value] : fields) Add(tail, key, value);
  if (held_back > 0) Add(tail, "held_back", held_back);
  tail += '}';

  const std::scoped_lock lock(state.mutex);
  // The time is taken under the lock, so that the lines of one process stand in the order of their times.
  auto line = fmt::format(R"({{"ts":"{}")", FormatIso8601(MachineClock().Now())) + rest;
  Add(line, "service", state.service);
  line += tail;
  if (state.sink) {
    state.sink(line);
  } else {
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
  }
}

}  // namespace

std::string_view ToString(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarn:
      return "warn";
    case Level::kError:
      return "error";
    case Level::kFatal:
      return "fatal";
  }
  return "fatal";
}

void SetUp(std::string service, Level level) {
  auto& state = TheState();
  const std::scoped_lock lock(state.mutex);
  state.service = std::move(service);
  state.level = level;
}

void SetSink(std::function<void(std::string_view line)> sink) {
  auto& state = TheState();
  const std::scoped_lock lock(state.mutex);
  state.sink = std::move(sink);
}

void Log(Level level, std::string_view event, Fields fields) {
  Write(level, event, fields, 0);
}

Limited::Limited(std::chrono::milliseconds interval) : Limited(interval, MachineClock()) {}

Limited::Limited(std::chrono::milliseconds interval, const Clock& clock) : interval_(interval), clock_(clock) {}

void Limited::Log(Level level, std::string_view event, Fields fields) {
  std::uint64_t held_back = 0;
  {
    const std::scoped_lock lock(mutex_);
    const auto now = clock_.SteadyNow();
    if (last_ && now - *last_ < interval_) {
      ++held_back_;
      return;
    }
    last_ = now;
    held_back = std::exchange(held_back_, 0);
  }
  Write(level, event, fields, held_back);
}

}  // namespace cdiscount::log
