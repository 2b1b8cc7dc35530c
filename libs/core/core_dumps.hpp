#pragma once

namespace cdiscount {

/// From now on this process leaves no image of its memory, which holds secrets and personal data: no core dump, and no
/// other program of the same user may look into it (prctl(2), PR_SET_DUMPABLE). `on` true takes it back, for debugging.
void AllowCoreDumps(bool on);

}  // namespace cdiscount
