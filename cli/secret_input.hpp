#pragma once

#include <istream>
#include <string>

#include "arguments.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"

namespace cdiscount::cli {

/// Reads a secret from where it was said to be: a file, `input` (its first line), or the terminal without echo. Its
/// last line break is no part of it. Fails with kInvalidArgument, without the secret in the message.
Result<Secret> ReadSecret(const SecretSource& source, std::istream& input, const std::string& prompt);

}  // namespace cdiscount::cli
