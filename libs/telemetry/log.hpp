#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/clock.hpp"
#include "core/secret.hpp"
#include "core/strong_id.hpp"

/// JSON lines on standard error, one per happening:
///     log::Info("order_received", {{"order_id", order.id()}, {"version", 3}, {"trace_id", trace.trace_id()}});
/// The event is a constant, what varies is a field. Every function is safe to call from any thread.
namespace cdiscount::log {

enum class Level { kDebug, kInfo, kWarn, kError, kFatal };

/// "debug", "info", "warn", "error", "fatal".
std::string_view ToString(Level level);

/// The value of a field. Texts are only looked at during the call. A guarded value (Secret, Pii) does not compile.
class Value {
 public:
  Value(std::string_view text) : value_(text) {}                      // NOLINT(google-explicit-constructor)
  Value(const std::string& text) : value_(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  Value(const char* text) : value_(std::string_view(text)) {}         // NOLINT(google-explicit-constructor)
  Value(std::same_as<bool> auto flag) : value_(flag) {}               // NOLINT(google-explicit-constructor)
  Value(std::floating_point auto number)
      : value_(static_cast<double>(number)) {}  // NOLINT(google-explicit-constructor)
  template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
  Value(T number) : value_(Number(number)) {}  // NOLINT(google-explicit-constructor)
  template <class Tag>
  Value(const StrongId<Tag>& id) : value_(std::string_view(id.value())) {}  // NOLINT(google-explicit-constructor)
  template <class Tag>
  Value(const Guarded<Tag>&) = delete;

  using Kind = std::variant<std::string_view, bool, std::int64_t, std::uint64_t, double>;
  const Kind& kind() const { return value_; }

 private:
  template <class T>
  static Kind Number(T number) {
    if constexpr (std::is_signed_v<T>) {
      return static_cast<std::int64_t>(number);
    } else {
      return static_cast<std::uint64_t>(number);
    }
  }
  Kind value_;
};

/// One named value. "ts", "level", "service" and "event" are taken.
struct Field {
  std::string_view key;
  Value value;
};
using Fields = std::initializer_list<Field>;

/// Sets the service name that every line of this process carries, and the lowest level that is written. Call it once,
/// early; before it the service is "unknown" and the level kInfo.
void SetUp(std::string service, Level level);

/// Writes a line when the level is enabled. Texts that are not UTF-8 are written with U+FFFD in place of what is wrong.
void Log(Level level, std::string_view event, Fields fields = {});

inline void Debug(std::string_view event, Fields fields = {}) {
  Log(Level::kDebug, event, fields);
}
inline void Info(std::string_view event, Fields fields = {}) {
  Log(Level::kInfo, event, fields);
}
inline void Warn(std::string_view event, Fields fields = {}) {
  Log(Level::kWarn, event, fields);
}
/// Something failed that a person should look at.
inline void Error(std::string_view event, Fields fields = {}) {
  Log(Level::kError, event, fields);
}
/// The process ends because of it.
inline void Fatal(std::string_view event, Fields fields = {}) {
  Log(Level::kFatal, event, fields);
}

/// For what a dead neighbour can repeat: at most one line per interval; the next one says how many were held back
/// ("held_back"). One object per place that logs. Thread-safe.
class Limited {
 public:
  explicit Limited(std::chrono::milliseconds interval = std::chrono::seconds{10});
  /// `clock` must outlive this object.
  Limited(std::chrono::milliseconds interval, const Clock& clock);

  void Log(Level level, std::string_view event, Fields fields = {});
  void Warn(std::string_view event, Fields fields = {}) { Log(Level::kWarn, event, fields); }
  void Error(std::string_view event, Fields fields = {}) { Log(Level::kError, event, fields); }

 private:
  std::chrono::milliseconds interval_;
  const Clock& clock_;
  std::mutex mutex_;
  std::optional<SteadyTime> last_;
  std::uint64_t held_back_ = 0;
};

/// Where lines go from now on, without their newline; an empty function = standard error again. For tests
/// (telemetry/testing/captured_log.hpp). `sink` is called by one thread at a time.
void SetSink(std::function<void(std::string_view line)> sink);

}  // namespace cdiscount::log
