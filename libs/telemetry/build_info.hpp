#pragma once

#include <string_view>

namespace cdiscount::telemetry {

/// The project's version, "0.1.0".
std::string_view Version();
/// The compiler of this binary, "clang 19.1.7".
std::string_view Compiler();

}  // namespace cdiscount::telemetry
