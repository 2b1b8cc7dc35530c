#pragma once

#include <string>
#include <string_view>

namespace cdiscount::telemetry {

/// Appends `text` to `out` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, one per wrong
/// byte; invisible characters (IsInvisible) are written as "\u200b", so that the line is safe on a terminal as well.
void AppendJsonString(std::string& out, std::string_view text);

}  // namespace cdiscount::telemetry
