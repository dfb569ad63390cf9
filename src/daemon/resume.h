// Going on as the svd that this process was before its exec.
#pragma once

#include <optional>

#include "daemon/options.h"
#include "daemon/session.h"
#include "daemon/startup.h"

namespace svd::daemon {

// The descriptor of the state in the environment, which is removed from there; empty: none.
[[nodiscard]] std::optional<int> state_descriptor();

// Whether resume() could go on from the state in this file.
[[nodiscard]] Status can_resume(int state_fd);

// Reads the state, opens the main log and takes every descriptor over. What was set up once
// (limits, user, background, directory, pid file) is as it was left.
[[nodiscard]] Result<Setup> resume(Startup& startup, const Options& options, int state_fd,
                                   log::DaemonLog& log);

}  // namespace svd::daemon
