// svd's command line: supervisord's options, --check, --strict and --release-cgroup.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/command_line.h"
#include "base/error.h"
#include "config/load.h"

namespace svd::daemon {

enum class Action { Run, Check, CheckState, ReleaseCgroup, Tab, Help, Version };

struct Options {
    Action action = Action::Run;
    std::string program;      // argv[0] as typed
    std::string config_path;  // -c; empty: to be searched for
    bool strict = false;      // --check: warnings alone give exit code 1
    config::Overrides overrides;
    std::vector<std::string> words;  // --tab: the command line whose last word is to be completed
};

// The error text is what follows "Error: ".
[[nodiscard]] Result<Options> parse_options(std::span<const std::string> argv);
[[nodiscard]] std::span<const OptionRow> option_rows();
[[nodiscard]] std::string usage(const std::string& program);

}  // namespace svd::daemon
