// The state of all programs in one line: "12 running, 2 stopped, 1 backoff: web".
#pragma once

#include <string>

#include "process/fleet.h"

namespace svd::process {

// Counts per state, those that call for somebody's attention last and with their names. Linear in
// the number of processes.
[[nodiscard]] std::string summary(const Fleet& fleet);

}  // namespace svd::process
