#include "core/core_dumps.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace cdiscount {

void AllowCoreDumps(bool on) {
  rlimit limit{};
  // The hard limit stays, so that the soft one can be raised to it again.
  if (getrlimit(RLIMIT_CORE, &limit) == 0) {
    limit.rlim_cur = on ? limit.rlim_max : 0;
    setrlimit(RLIMIT_CORE, &limit);
  }
  prctl(PR_SET_DUMPABLE, on ? 1 : 0);
}

}  // namespace cdiscount
