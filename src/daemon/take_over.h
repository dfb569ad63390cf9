// The start after a crash: finding what the earlier daemon has left with its keeper, and going on
// with it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/options.h"
#include "daemon/session.h"
#include "daemon/startup.h"
#include "linux/keeper.h"

namespace svd::daemon {

// Of the daemon with this configuration, started in this directory; a KeeperName's base.
[[nodiscard]] std::string keeper_base(const config::Config& config,
                                      const std::string& working_directory);

// Everything that a crashed daemon left, in this process under new numbers. Its keeper goes on
// until the estates are settled.
struct Inheritance {
    state::Kept kept;
    TakenOver parts;
    std::vector<std::string> notes;  // for the log
};

// Empty when nobody has left anything. Fails when somebody has and it cannot be read. Of two
// keepers (a daemon crashed while it took over) the later one counts.
[[nodiscard]] Result<std::optional<Inheritance>> find_inheritance(const std::string& base);

// For when there is no keeper either: what lives in the cgroups of a daemon of this base that is
// gone, with the configuration of today. Empty when there is nothing.
[[nodiscard]] Result<std::optional<Inheritance>> find_former_programs(const config::Config& config,
                                                                      const std::string& base);

// The session goes on with the programs of the earlier one, under the configuration that they were
// started with; all else of the configuration in `setup` holds as it is.
void take_over(Setup& setup, Inheritance inheritance, log::DaemonLog& log);

}  // namespace svd::daemon
