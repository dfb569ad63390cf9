// From a program's command text to what execve takes.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "config/model.h"
#include "control/fault.h"

namespace svd::daemon {

struct Command {
    std::string path;               // what is executed
    std::vector<std::string> argv;  // argv[0] as written
};

// Splits the command into words (POSIX quoting, no shell) and finds the program: a word with a
// slash is taken relative to the child's directory, where it will be executed; a bare word is
// searched for in PATH of the program's environment, else of the daemon's. Executable files win
// over earlier unusable ones. Faults are NO_FILE and NOT_EXECUTABLE with Supervisor's texts.
[[nodiscard]] std::expected<Command, control::Fault> find_command(
    const config::ProcessConfig& config, const config::Environment& daemon_environment);

}  // namespace svd::daemon
