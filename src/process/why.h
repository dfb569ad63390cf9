// The ends of a process in words. Pure but for the time zone.
#pragma once

#include <string>

#include "process/deaths.h"

namespace svd::process {

// How one run ended: "exit code 3, not expected", "SIGSEGV, core dumped",
// "OOM-killed at 600M of 600M". Without when and how long, which stand beside it.
[[nodiscard]] std::string end_text(const Death& death, const config::ProcessConfig& config);
// The same with both: "exit code 3, not expected, after 2.1 s, at 2026-11-22 05:14:02".
[[nodiscard]] std::string end_sentence(const Death& death, const config::ProcessConfig& config);
// Why the process is in its state, and how its last run ended. One line; `log` may be null.
[[nodiscard]] std::string reason(const config::ProcessConfig& config, const Data& data,
                                 const DeathLog* log, const Now& now);

}  // namespace svd::process
