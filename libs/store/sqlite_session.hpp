#pragma once

#include <memory>
#include <semaphore>
#include <string>

#include "store/session.hpp"

namespace cdiscount::store {

/// One process has one writer at a time: its sessions queue here, instead of polling the file's lock with sleeps.
using SqliteWriter = std::binary_semaphore;

/// A connection to the file at `path`, which must be there. Throws StoreError.
std::unique_ptr<Session> OpenSqlite(const std::string& path, std::shared_ptr<SqliteWriter> writer);

}  // namespace cdiscount::store
