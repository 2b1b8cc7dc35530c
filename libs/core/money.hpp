#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cdiscount {

/// An amount in minor units of its currency (cents for EUR), as received; nothing is recomputed.
struct Money {
  std::int64_t minor = 0;  ///< Minor units; may be negative.
  std::string currency;    ///< ISO 4217, upper case; empty when the sender named none.

  friend bool operator==(const Money&, const Money&) = default;
};

/// Digits after the decimal point for a currency: 0 for JPY, 3 for KWD, 2 for all that are not listed.
int MinorDigits(std::string_view currency);

/// Reads a decimal text ("144.99", "4.9", "-3", "1e2") as minor units without passing through a double. Digits beyond
/// the currency's are rounded half away from zero. Nothing when the text is no number or does not fit.
std::optional<std::int64_t> ParseMinorUnits(std::string_view decimal, int minor_digits);

/// "144.99" for 14499 with two digits.
std::string FormatMinorUnits(std::int64_t minor, int minor_digits);

/// One text for all spellings of a number: "1500" for "1500.00" and "1.5e3". A text that is no number, or that has more
/// than 30 zeros to write, stays as it is.
std::string DecimalByValue(std::string_view text);

}  // namespace cdiscount
