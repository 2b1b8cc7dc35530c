#pragma once

#include <memory>
#include <string>

#include "store/session.hpp"

namespace cdiscount::store {

/// A connection to PostgreSQL. `url` as libpq takes it; what it leaves open gets time limits, so that a dead network
/// ends a wait. Throws StoreError (kUnavailable) when there is no connection.
std::unique_ptr<Session> OpenPostgres(const std::string& url);
}  // namespace cdiscount::store
