// The interactive shell: actions typed one per line, after a first `status`.
#pragma once

#include <optional>
#include <string>

#include "cli/session.h"

namespace svd::cli {

struct ShellSettings {
    std::string prompt;  // "supervisor"; shown as "supervisor> "
    std::optional<std::string> history_file;
};

// Until quit, exit, ^D or Ctrl-C. Without a terminal it reads plain lines.
void run_shell(Session& session, const ShellSettings& settings);

}  // namespace svd::cli
