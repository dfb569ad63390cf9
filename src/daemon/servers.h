// The sockets of [unix_http_server] and [inet_http_server], opened before anything else is touched:
// they are what keeps a second instance from disturbing the first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/model.h"
#include "http/server.h"
#include "linux/passed_sockets.h"
#include "linux/sockets.h"
#include "log/daemon_log.h"
#include "state/model.h"

namespace svd::daemon {

struct OpenServer {
    std::string section;
    os::Listener listener;
    std::optional<config::HttpAuth> auth;
};

// TCP first, then unix, as supervisord does. A socket that the service manager has passed is used
// as it is: its unit says who may connect. The error's text is what follows "Error: ".
[[nodiscard]] Result<std::vector<OpenServer>> open_servers(const config::Config& config,
                                                           os::PassedSockets& passed);
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
