#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

// Values as operators give them: settings, and secrets that may stand in files.
namespace cdiscount {

/// Cleans a setting of a file, of the environment or of a command line: blanks and line breaks at its ends are removed
/// (a mounted or pasted value has them). Fails when an invisible character stands inside, or when the whole stands in
/// quotes, which the environment and a quoted YAML text keep.
Result<std::string> CleanValue(std::string_view text);

/// A secret as it was given: itself, or the content of the file that "file:/path" names, cleaned likewise (quotes in a
/// file belong to the secret). With `keeps_lines` only the last line break goes: a certificate. Fails without the
/// secret in the message; for a file the message says whether it is missing, a folder, empty, unreadable or too large.
Result<std::string> ReadSecretValue(const std::string& text, bool keeps_lines = false);

}  // namespace cdiscount
