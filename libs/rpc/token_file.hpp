#pragma once

#include <string>

#include "core/result.hpp"
#include "core/secret.hpp"

namespace cdiscount::rpc {

/// The token of a server that listens in plain text on this machine: who can read its file may call. Reads it, and
/// makes it first when it is missing (mode 0600, 32 random bytes in hex); two processes that start at once agree on
/// one. Fails with kInvalidArgument, naming the file, when it cannot be made or read, is not a file of ours, or when
/// others than owner and group could read it or others than the owner could write it.
Result<Secret> MakeTokenFile(const std::string& path);

/// For clients. Fails with kInvalidArgument, naming the file and why.
Result<Secret> ReadTokenFile(const std::string& path);

}  // namespace cdiscount::rpc
