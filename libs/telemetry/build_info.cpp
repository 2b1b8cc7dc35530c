#include "telemetry/build_info.hpp"

namespace cdiscount::telemetry {

std::string_view Version() {
  return CDISCOUNT_VERSION;
}

std::string_view Compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

}  // namespace cdiscount::telemetry
