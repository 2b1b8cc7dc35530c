#include "core/money.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>

namespace cdiscount {
namespace {

/// The number digits * 10^scale.
struct Decimal {
  bool negative = false;
  std::string digits;
  int scale = 0;
  int exponent = 0;  ///< As it was written.
};

constexpr int kLargestExponent = 400;  // a larger one is no amount

std::optional<Decimal> ReadDecimal(std::string_view text) {
  Decimal read{.negative = text.starts_with('-')};
  if (read.negative || text.starts_with('+')) text.remove_prefix(1);
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    auto power = text.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), read.exponent);
    if (error != std::errc{} || end != power.data() + power.size()) return std::nullopt;
    if (read.exponent < -kLargestExponent || read.exponent > kLargestExponent) return std::nullopt;
    text = text.substr(0, e);
  }
  const auto point = std::min(text.find('.'), text.size());
  const auto part = text.substr(std::min(point + 1, text.size()));
  read.digits = std::string(text.substr(0, point)) + std::string(part);
  if (read.digits.empty() || read.digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  read.scale = read.exponent - static_cast<int>(part.size());
  return read;
}

}  // namespace

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
  auto read = ReadDecimal(decimal);
  if (!read || read->exponent > 18) return std::nullopt;
  auto& digits = read->digits;
  bool round_up = false;
  for (read->scale += minor_digits; read->scale < 0; ++read->scale) {
    round_up = !digits.empty() && digits.back() >= '5';
    if (!digits.empty()) digits.pop_back();
  }
  digits.append(static_cast<std::size_t>(read->scale), '0');
  if (digits.empty()) digits = "0";

  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || (round_up && value == std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  if (round_up) ++value;
  return read->negative ? -value : value;
}

std::string FormatMinorUnits(std::int64_t minor, int minor_digits) {
  if (minor_digits == 0) return fmt::format("{}", minor);
  std::uint64_t unit = 1;
  for (int i = 0; i < minor_digits; ++i) unit *= 10;
  const auto magnitude = minor < 0 ? ~static_cast<std::uint64_t>(minor) + 1 : static_cast<std::uint64_t>(minor);
  return fmt::format("{}{}.{:0{}}", minor < 0 ? "-" : "", magnitude / unit, magnitude % unit, minor_digits);
}

std::string DecimalByValue(std::string_view text) {
  constexpr int kMostZeros = 30;
  auto read = ReadDecimal(text);
  if (!read || std::abs(read->exponent) > kMostZeros) return std::string(text);
  auto& digits = read->digits;
  if (read->scale > 0) digits.append(static_cast<std::size_t>(read->scale), '0');
  const auto decimals = static_cast<std::size_t>(std::max(-read->scale, 0));
  if (digits.size() < decimals) digits.insert(0, decimals - digits.size(), '0');
  auto whole = digits.substr(0, digits.size() - decimals);
  auto part = digits.substr(digits.size() - decimals);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  part.erase(part.find_last_not_of('0') + 1);
  if (whole.empty()) whole = "0";
  const auto value = part.empty() ? whole : whole + "." + part;
  return read->negative && value != "0" ? "-" + value : value;
}

}  // namespace cdiscount
