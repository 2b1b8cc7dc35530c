#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "simulator/world/json.hpp"

namespace cdiscount::simulator {

/// Reads the fields of a JSON object that a person wrote into variables, which keep their values where a field is
/// absent or null. The first wrong field is remembered; once all are read, `Wrong()` gives it, or names a field that
/// the call does not have.
class Fields {
 public:
  explicit Fields(Json object) : object_(std::move(object)) {}
  /// Reads a request body; an empty one is an empty object. Fails with kInvalidArgument when it is no JSON object.
  static Result<Fields> Parse(std::string_view body);

  void Read(std::string_view name, bool& out);
  void Read(std::string_view name, std::string& out);
  void Read(std::string_view name, std::vector<std::int64_t>& out);
  void Read(std::string_view name, double& out, double least, double most);
  void Read(std::string_view name, std::int64_t& out, std::int64_t least, std::int64_t most);
  template <std::integral T>
  void Read(std::string_view name, T& out, std::int64_t least, std::int64_t most) {
    auto number = static_cast<std::int64_t>(out);
    Read(name, number, least, most);
    out = static_cast<T>(number);
  }
  /// In the unit of `out`.
  template <class Period>
  void Read(std::string_view name, std::chrono::duration<std::int64_t, Period>& out, std::int64_t least,
            std::int64_t most) {
    auto count = out.count();
    Read(name, count, least, most);
    out = std::chrono::duration<std::int64_t, Period>{count};
  }
  template <class T, class... Bounds>
  void Read(std::string_view name, std::optional<T>& out, Bounds... bounds) {
    T value{};
    if (!Take(name)) return;
    Read(name, value, bounds...);
    out = std::move(value);
  }
  /// A word that `parse` knows; `expected` says which ones those are.
  template <class T>
  void ReadWord(std::string_view name, std::optional<T>& out, std::optional<T> (*parse)(std::string_view),
                std::string_view expected) {
    std::optional<std::string> word;
    Read(name, word);
    if (word) out = parse(*word);
    if (word && !out) Reject(name, expected);
  }
  /// A list of objects, or one object; empty and null when absent.
  std::vector<Json> Objects(std::string_view name);
  Json Object(std::string_view name);

  /// Marks a field as wrong from outside.
  void Reject(std::string_view name, std::string_view expected);
  void Require(std::string_view name);
  /// Ask before anything is changed.
  std::optional<Error> Wrong() const;

 private:
  const Json* Take(std::string_view name);

  Json object_;
  std::set<std::string, std::less<>> asked_;
  std::optional<Error> error_;
};

}  // namespace cdiscount::simulator
