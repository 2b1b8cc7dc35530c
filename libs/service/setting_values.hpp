#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

// How the values of settings are written. Every Parse function gives nothing when the whole text is not such a value.
namespace cdiscount::service {

std::optional<std::int64_t> ParseInteger(std::string_view text);

/// "200ms", "15s", "10m", "1h", "7d"; "0" needs no unit.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);
/// In the largest unit that is exact: "90s", "2h".
std::string FormatDuration(std::chrono::milliseconds duration);

/// Bytes: "65536", "64KiB", "16MiB", "1GiB".
std::optional<std::size_t> ParseSize(std::string_view text);
std::string FormatSize(std::size_t bytes);

/// Cleans a value of the file or the environment: blanks and line breaks at its ends are removed (a mounted or pasted
/// value has them). Fails when an invisible character stands inside, or when the whole stands in quotes, which the
/// environment and a quoted YAML text keep.
Result<std::string> CleanValue(std::string_view text);

/// A secret as it was given: itself, or the content of the file that "file:/path" names, cleaned likewise (quotes in a
/// file belong to the secret). With `keeps_lines` only the last line break goes: a certificate. Fails without the
/// secret in the message; for a file the message says whether it is missing, a folder, empty, unreadable or too large.
Result<std::string> ReadSecretValue(const std::string& text, bool keeps_lines = false);

}  // namespace cdiscount::service
