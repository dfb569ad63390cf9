// The main log: opening it as configured, and writing into it what loading the configuration found.
#pragma once

#include "config/load.h"
#include "log/daemon_log.h"

namespace svd::daemon {

// Sets the log's targets. `foreground` also writes to standard output unless silent.
[[nodiscard]] Status open_main_log(log::DaemonLog& log, const config::DaemonConfig& config,
                                   bool foreground);

// Warnings, then infos, as supervisord orders them.
void log_problems(const config::Problems& problems, log::DaemonLog& log);

}  // namespace svd::daemon
