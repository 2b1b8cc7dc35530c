#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "core/clock.hpp"

namespace cdiscount::http {

/// How long a `Retry-After` header asks to wait (RFC 9110, 10.2.3): seconds or a date, read tolerantly: "6", "6.5", a
/// date in each of its three forms, and "6, 7", which is what a proxy makes of two headers (the longest counts). `now`
/// is the sender's clock, as far as it is known. From 0 (a date that has passed) to `longest`. Nothing when the text
/// names no wait.
std::optional<std::chrono::milliseconds> ParseRetryAfter(std::string_view text, SysTime now,
                                                         std::chrono::milliseconds longest = std::chrono::hours{24});

}  // namespace cdiscount::http
