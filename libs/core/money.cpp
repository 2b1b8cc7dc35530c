#include "core/money.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>

namespace cdiscount {

int MinorDigits(std::string_view currency) {
  // ISO 4217, the currencies whose minor unit is not a hundredth.
  constexpr std::array<std::string_view, 16> kNone = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
                                                      "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"};
  constexpr std::array<std::string_view, 7> kThousandths = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
  if (std::find(kNone.begin(), kNone.end(), currency) != kNone.end()) return 0;
  if (std::find(kThousandths.begin(), kThousandths.end(), currency) != kThousandths.end()) return 3;
  return 2;
}

std::optional<std::int64_t> ParseMinorUnits(std::string_view decimal, int minor_digits) {
  const bool negative = decimal.starts_with('-');
  if (negative || decimal.starts_with('+')) decimal.remove_prefix(1);

  int exponent = 0;
  if (const auto e = decimal.find_first_of("eE"); e != std::string_view::npos) {
    auto text = decimal.substr(e + 1);
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc{} || end != text.data() + text.size() || exponent > 18 || exponent < -400) {
      return std::nullopt;
    }
    decimal = decimal.substr(0, e);
  }

  std::string digits;
  int scale = exponent;  // value = digits * 10^scale
  bool after_point = false;
  for (const char c : decimal) {
    if (c == '.' && !after_point) {
      after_point = true;
    } else if (c >= '0' && c <= '9') {
      digits += c;
      if (after_point) --scale;
    } else {
      return std::nullopt;
    }
  }
  if (digits.empty()) return std::nullopt;

  scale += minor_digits;
  bool round_up = false;
  for (; scale < 0; ++scale) {
    round_up = !digits.empty() && digits.back() >= '5';
    if (!digits.empty()) digits.pop_back();
  }
  digits.append(static_cast<std::size_t>(scale), '0');
  if (digits.empty()) digits = "0";

  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || (round_up && value == std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  if (round_up) ++value;
  return negative ? -value : value;
}

std::string FormatMinorUnits(std::int64_t minor, int minor_digits) {
  if (minor_digits == 0) return fmt::format("{}", minor);
  std::uint64_t unit = 1;
  for (int i = 0; i < minor_digits; ++i) unit *= 10;
  const auto magnitude = minor < 0 ? ~static_cast<std::uint64_t>(minor) + 1 : static_cast<std::uint64_t>(minor);
  return fmt::format("{}{}.{:0{}}", minor < 0 ? "-" : "", magnitude / unit, magnitude % unit, minor_digits);
}

std::string DecimalByValue(std::string_view text) {
  auto rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  int exponent = 0;
  if (const auto e = rest.find_first_of("eE"); e != std::string_view::npos) {
    auto power = rest.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    constexpr int kMostZeros = 30;
    if (error != std::errc{} || end != power.data() + power.size() || std::abs(exponent) > kMostZeros) {
      return std::string(text);
    }
    rest = rest.substr(0, e);
  }
  const auto point = std::min(rest.find('.'), rest.size());
  auto whole = std::string(rest.substr(0, point));
  auto part = std::string(rest.substr(std::min(point + 1, rest.size())));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (whole.size() + part.size() == 0 || !std::ranges::all_of(whole + part, is_digit)) return std::string(text);
  for (; exponent > 0; --exponent) {
    whole += part.empty() ? '0' : part.front();
    if (!part.empty()) part.erase(0, 1);
  }
  for (; exponent < 0; ++exponent) {
    part.insert(0, 1, whole.empty() ? '0' : whole.back());
    if (!whole.empty()) whole.pop_back();
  }
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  part.erase(part.find_last_not_of('0') + 1);
  if (whole.empty()) whole = "0";
  const auto value = part.empty() ? whole : whole + "." + part;
  return negative && value != "0" ? "-" + value : value;
}

}  // namespace cdiscount
