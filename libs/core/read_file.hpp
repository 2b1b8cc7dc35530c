#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "core/result.hpp"

namespace cdiscount {

struct FileRules {
  std::size_t limit = std::size_t{64} * 1024;  ///< Bytes.
  mode_t refused_mode = 0;                     ///< Permissions that the file must not have.
};

/// The whole content of a file that a setting or a flag names; may be empty. Links are followed. Fails with
/// kInvalidArgument, and the message ("the file x is a folder; ...") says which it is: missing, a folder, not readable
/// for this user, too open, too large.
Result<std::string> ReadFile(const std::string& path, FileRules rules = {});

}  // namespace cdiscount
