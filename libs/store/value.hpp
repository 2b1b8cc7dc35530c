#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "core/strong_id.hpp"

namespace cdiscount::store {

/// Bytes for a {blob} column.
struct Bytes {
  std::string_view data;
};

/// The value of a placeholder. It refers to texts, bytes and lists, which live until the statement has run.
/// Instants and durations are microseconds. A text holds no NUL byte: Bytes take any. A list stands in the token
/// {texts :name} or {ints :name} (dialect.hpp).
class Value {
 public:
  using Any = std::variant<std::nullptr_t, std::int64_t, std::string_view, Bytes, std::span<const std::int64_t>,
                           std::span<const std::string>>;

  // NOLINTBEGIN(google-explicit-constructor)
  Value(std::nullptr_t) {}
  template <std::integral T>
    requires(std::signed_integral<T> || sizeof(T) < sizeof(std::int64_t))
  Value(T value) : any_(static_cast<std::int64_t>(value)) {}
  template <std::convertible_to<std::string_view> T>
  Value(const T& text) : any_(std::string_view(text)) {}
  Value(Bytes bytes) : any_(bytes) {}
  Value(SysTime time) : any_(std::int64_t{time.time_since_epoch().count()}) {}
  template <class Rep, class Period>
    requires std::convertible_to<std::chrono::duration<Rep, Period>, std::chrono::microseconds>
  Value(std::chrono::duration<Rep, Period> time) : any_(std::int64_t{std::chrono::microseconds(time).count()}) {}
  template <class Tag>
  Value(const StrongId<Tag>& id) : any_(std::string_view(id.value())) {}
  Value(const std::vector<std::int64_t>& list) : any_(std::span<const std::int64_t>(list)) {}
  Value(const std::vector<std::string>& list) : any_(std::span<const std::string>(list)) {}
  template <class T>
  Value(const std::optional<T>& value) {
    if (value) *this = Value(*value);
  }
  // NOLINTEND(google-explicit-constructor)

  const Any& any() const { return any_; }

 private:
  Any any_ = nullptr;
};

/// The name of a placeholder or a column: a literal, so that it costs nothing.
class Name {
 public:
  consteval Name(const char* literal) : text_(literal) {}  // NOLINT(google-explicit-constructor)
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// A placeholder and its value: {"account", id} for ":account".
struct Bind {
  Name name;
  Value value;
};

/// The values of a statement, in any order. A placeholder that stands several times in it is bound once.
using Binds = std::initializer_list<Bind>;

}  // namespace cdiscount::store
