#pragma once

#include <string_view>

#include "core/result.hpp"

namespace cdiscount::store {

/// The error code for a SQLSTATE. An empty SQLSTATE: the connection broke before the server could answer.
ErrorCode CodeOfState(std::string_view state);

/// States after which only a new connection helps: another server may answer it.
bool NeedsNewConnection(std::string_view state);

}  // namespace cdiscount::store
