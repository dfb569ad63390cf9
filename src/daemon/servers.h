// The sockets of [unix_http_server] and [inet_http_server], opened before anything else is touched:
// they are what keeps a second instance from disturbing the first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/model.h"
#include "http/server.h"
#include "linux/sockets.h"
#include "log/daemon_log.h"
#include "state/model.h"

namespace svd::daemon {

struct OpenServer {
    std::string section;
    os::Listener listener;
    std::optional<config::HttpAuth> auth;
};

// TCP first, then unix, as supervisord does. The error's text is what follows "Error: ".
[[nodiscard]] Result<std::vector<OpenServer>> open_servers(const config::Config& config);
// The same for the sections that are not among `servers` yet.
[[nodiscard]] Status open_missing_servers(const config::Config& config,
                                          std::vector<OpenServer>& servers);
// Those of an earlier program or daemon that came with their descriptors.
[[nodiscard]] Result<std::vector<OpenServer>> adopt_servers(const std::vector<state::Server>& saved,
                                                            const config::Config& config);

// Makes the unix sockets again whose files are gone, for instance by a clean-up of /tmp. Answers
// whether there was one; what could not be made is in the log.
bool restore_sockets(const config::Config& config, std::vector<OpenServer>& servers,
                     log::DaemonLog& log);

// Says which interfaces each server has and which of them ask for no password.
void log_servers(const config::Config& config, log::DaemonLog& log);

}  // namespace svd::daemon
