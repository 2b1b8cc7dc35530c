#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// How the values of settings are written. Every Parse function gives nothing when the whole text is not such a value.
namespace cdiscount::settings {

std::optional<std::int64_t> ParseInteger(std::string_view text);

/// "200ms", "15s", "10m", "1h", "7d"; "0" needs no unit.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);
/// In the largest unit that is exact: "90s", "2h".
std::string FormatDuration(std::chrono::milliseconds duration);

/// Bytes: "65536", "64KiB", "16MiB", "1GiB".
std::optional<std::size_t> ParseSize(std::string_view text);
std::string FormatSize(std::size_t bytes);

}  // namespace cdiscount::settings
