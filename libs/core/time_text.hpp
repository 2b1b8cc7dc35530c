#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace cdiscount {

/// Reads an ISO 8601 instant ("2026-10-06T15:30:00+00:00", "...Z", fractions up to nanoseconds, any numeric offset) as
/// UTC. Without an offset it is taken as UTC. Nothing when the text is no instant.
std::optional<SysTime> ParseIso8601(std::string_view text);

/// "2026-10-06T15:30:00Z", with ".123456" only when there is a fraction.
std::string FormatIso8601(SysTime time);

/// Reads a date of HTTP in its three forms (RFC 9110, 5.6.7): "Tue, 06 Oct 2026 15:30:00 GMT",
/// "Tuesday, 06-Oct-26 15:30:00 GMT" (the year that is nearest to `now`) and "Tue Oct  6 15:30:00 2026". Nothing when
/// the text is no such date.
std::optional<SysTime> ParseHttpDate(std::string_view text, SysTime now = SystemClock{}.Now());

/// "Tue, 06 Oct 2026 15:30:00 GMT".
std::string FormatHttpDate(SysTime time);

}  // namespace cdiscount
