#pragma once

#include <memory>
#include <semaphore>
#include <string>

#include "core/result.hpp"
#include "store/session.hpp"

namespace cdiscount::store {

/// One process has one writer at a time: its sessions queue here, instead of polling the file's lock with sleeps.
using SqliteWriter = std::binary_semaphore;

/// Makes the file (mode 0600, which SQLite gives to its log too) when it is missing. To be called before this process
/// has any connection to it. kInvalidArgument when the log of a missing file is there.
Status CreateSqliteFile(const std::string& path);

/// A connection to the file at `path`, which must be there. Throws StoreError.
std::unique_ptr<Session> OpenSqlite(const std::string& path, std::shared_ptr<SqliteWriter> writer);

}  // namespace cdiscount::store
