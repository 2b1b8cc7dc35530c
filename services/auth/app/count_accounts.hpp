#pragma once

#include "core/task.hpp"
#include "metrics.hpp"
#include "store/database.hpp"

namespace cdiscount::auth {

/// Sets the gauges from the tables. Both must live until it is done.
Task<Status> CountAccounts(store::Database& database, Metrics& metrics);

}  // namespace cdiscount::auth
