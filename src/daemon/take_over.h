// The start after a crash: finding what the earlier daemon has left with its keeper, and going on
// with it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "daemon/options.h"
#include "daemon/session.h"
#include "daemon/startup.h"
#include "linux/keeper.h"

namespace svd::daemon {

// Of the daemon with this configuration, started in this directory.
[[nodiscard]] std::string keeper_address(const config::Config& config,
                                         const std::string& working_directory);

// Everything that a crashed daemon left, in this process under new numbers. Its keeper has ended.
struct Inheritance {
    state::Kept kept;
    TakenOver parts;
};

// Fails when the state cannot be read; the keeper then goes on keeping.
[[nodiscard]] Result<Inheritance> inherit(os::Estate estate);

// As resume(): the programs are taken over, with the configuration that they were running with.
// `fresh` is what is in the file now.
[[nodiscard]] Result<Setup> take_over(Startup& startup, Inheritance inheritance,
                                      std::shared_ptr<const config::Config> fresh,
                                      log::DaemonLog& log);

// Ends the programs instead: SIGTERM, and SIGKILL to all that is left after `patience`.
[[nodiscard]] Status end_programs(Inheritance inheritance, Duration patience, log::DaemonLog& log);

}  // namespace svd::daemon
