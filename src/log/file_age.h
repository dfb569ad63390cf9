// How long ago the file behind a descriptor came into being.
#pragma once

#include "base/clock.h"

namespace svd::log {

// By the file's birth time, which outlives the daemon; where the file system has none, by its last
// change, which errs on the young side. Never negative, whatever the clock of the day did since;
// zero when nothing can be learnt.
[[nodiscard]] Duration age_of_file(int fd, WallTime now);

}  // namespace svd::log
