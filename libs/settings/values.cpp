#include "settings/values.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

namespace cdiscount::settings {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
constexpr std::array kDurations = {Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000},
                                   Unit{"d", 86'400'000}};
constexpr std::array kSizes = {Unit{"", 1}, Unit{"KiB", 1 << 10}, Unit{"MiB", 1 << 20}, Unit{"GiB", 1 << 30}};

/// A whole number that is not negative, and one of the units.
template <std::size_t N>
std::optional<std::int64_t> ParseWithUnit(std::string_view text, const std::array<Unit, N>& units) {
  const auto end = text.find_first_not_of("0123456789");
  const auto number = ParseInteger(text.substr(0, end));
  const auto name = end == std::string_view::npos ? std::string_view{} : text.substr(end);
  if (!number) return std::nullopt;
  for (const auto& unit : units) {
    if (unit.name != name) continue;
    if (*number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    return *number * unit.factor;
  }
  return std::nullopt;
}

template <std::size_t N>
std::string FormatWithUnit(std::int64_t value, const std::array<Unit, N>& units) {
  auto unit = units.rbegin();
  while (value % unit->factor != 0) ++unit;
  return fmt::format("{}{}", value / unit->factor, unit->name);
}

}  // namespace

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds{0};
  const auto value = ParseWithUnit(text, kDurations);
  if (!value) return std::nullopt;
  return std::chrono::milliseconds{*value};
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  return duration.count() == 0 ? "0" : FormatWithUnit(duration.count(), kDurations);
}

std::optional<std::size_t> ParseSize(std::string_view text) {
  const auto value = ParseWithUnit(text, kSizes);
  if (!value) return std::nullopt;
  return static_cast<std::size_t>(*value);
}

std::string FormatSize(std::size_t bytes) {
  return bytes == 0 ? "0" : FormatWithUnit(static_cast<std::int64_t>(bytes), kSizes);
}

}  // namespace cdiscount::settings
