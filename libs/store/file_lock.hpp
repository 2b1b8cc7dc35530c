#pragma once

#include <string>

#include "core/file_descriptor.hpp"
#include "core/result.hpp"

namespace cdiscount::store {

/// Takes an OS lock on a file, held until the descriptor is closed or the process dies, whichever comes first. Creates
/// the file when it is missing. Fails with kConflict when another process holds the lock (its id is named), with
/// kInvalidArgument when the file cannot be made.
Result<FileDescriptor> LockFile(const std::string& path);

}  // namespace cdiscount::store
