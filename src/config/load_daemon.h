// [supervisord] and the command line.
#pragma once

#include "config/section_reader.h"

namespace svd::config {

// Reads every option of [supervisord] but `user`, whose turn comes last; adds the section's
// environment to the names of everything read later.
[[nodiscard]] DaemonConfig load_daemon(LoadContext& context, const Section& section);
void load_daemon_user(LoadContext& context, const Section& section, DaemonConfig& daemon);

}  // namespace svd::config
