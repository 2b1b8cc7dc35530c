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

/// Reads the HTTP `Date` header (IMF-fixdate, "Tue, 06 Oct 2026 15:30:00 GMT"). Nothing when the text is no such date.
std::optional<SysTime> ParseHttpDate(std::string_view text);

/// "Tue, 06 Oct 2026 15:30:00 GMT".
std::string FormatHttpDate(SysTime time);

}  // namespace cdiscount
