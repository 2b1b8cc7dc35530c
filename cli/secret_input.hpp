#pragma once

#include <istream>
#include <string>

#include "arguments.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"

namespace cdiscount::cli {

/// Reads a secret from where it was said to be: a file or `input` (the first line that is not blank), or the terminal
/// without echo. Invisible characters at its ends are removed (CleanInput). Fails with kInvalidArgument, without the
/// secret in the message, which says whether a file is missing, a folder, empty, unreadable or too large.
Result<Secret> ReadSecret(const SecretSource& source, std::istream& input, const std::string& prompt);

}  // namespace cdiscount::cli
