#pragma once

#include "core/result.hpp"

namespace cdiscount::auth {

/// An error of a marketplace call as the ports of auth have it: what the marketplace is not expected to answer to this
/// call counts as an answer that cannot be understood, and a cancelled call as one without an answer.
Error AsPortError(Error error, bool asks_for_a_seller);

}  // namespace cdiscount::auth
