#pragma once

#include <string>

#include "core/result.hpp"

namespace cdiscount::store {

/// Makes the file (mode 0600, which SQLite gives to its log too) when it is missing. To be called before this process
/// has any connection to it. kInvalidArgument when the log of a missing file is there.
Status CreateSqliteFile(const std::string& path);

}  // namespace cdiscount::store
