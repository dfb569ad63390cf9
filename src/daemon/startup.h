// Everything between the command line and the first Session, in supervisord's order but for this:
// the sockets are opened before any file is touched, so that a second instance harms nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/load.h"
#include "daemon/options.h"
#include "daemon/servers.h"
#include "linux/users.h"
#include "log/daemon_log.h"

namespace svd::daemon {

// What is found out once and outlives restarts.
struct Startup {
    config::LoadRequest request;      // with an absolute path, good for every later reread
    config::Environment environment;  // what children inherit
    std::vector<os::ResourceLimit> limits;
    os::PassedSockets passed = os::PassedSockets::find();
    os::PidFile pidfile;
    bool first = true;
    bool keep_auto_logs = false;  // programs of an earlier daemon write to them
};

// How to read the configuration that the command line names. The Error's text is what follows
// "Error: ".
[[nodiscard]] Result<config::LoadRequest> make_request(const Options& options);

// Limits and privileges; once.
[[nodiscard]] Status become_user(Startup& startup, const config::DaemonConfig& config,
                                 log::DaemonLog& log);
// Opens the main log and removes old AUTO logs; at every (re)start.
[[nodiscard]] Status open_logs(Startup& startup, const config::DaemonConfig& config,
                               log::DaemonLog& log);
// Background, directory, umask, pid file; the first two once.
[[nodiscard]] Status settle_in(Startup& startup, const config::DaemonConfig& config,
                               log::DaemonLog& log);

}  // namespace svd::daemon
