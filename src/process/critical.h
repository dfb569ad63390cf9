// What the end of a critical program (critical=true) means for the daemon. Pure.
#pragma once

#include "process/machine.h"

namespace svd::process {

// It has ended and nothing starts it again: EXITED or FATAL. STOPPED is what somebody asked for.
[[nodiscard]] bool has_ended_for_good(const Data& data);

// What the daemon exits with then: the program's exit code, 128 and the signal that ended it, or
// 127 when it never ran. Never 0 for FATAL.
[[nodiscard]] int daemon_exit_code(const Data& data);

}  // namespace svd::process
