#pragma once

#include <string_view>

#include "core/result.hpp"

namespace cdiscount::store {

/// What a SQLSTATE means to the caller. Empty: the connection broke before the server could answer.
ErrorCode CodeOfState(std::string_view state);

/// States after which only a new connection helps: another server may answer it.
bool NeedsNewConnection(std::string_view state);

}  // namespace cdiscount::store
