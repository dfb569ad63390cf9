// The environment of a child: the daemon's own, SUPERVISOR_*, then the configuration's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/model.h"

namespace svd::daemon {

// In which an svd tells its successor the descriptor of its state.
inline constexpr std::string_view kStateVariable = "SVD_STATE_FD";

// "NAME=value" entries, later sources replacing earlier ones: `inherited`, SUPERVISOR_ENABLED,
// SUPERVISOR_SERVER_URL (the program's, else `server_url`, left out when empty),
// SUPERVISOR_PROCESS_NAME, SUPERVISOR_GROUP_NAME, then the program's environment.
[[nodiscard]] std::vector<std::string> child_environment(const config::Environment& inherited,
                                                         const config::ProcessConfig& config,
                                                         std::string_view group,
                                                         std::string_view server_url);

// NAME=value instead of whatever else says what `name` is.
void set_variable(std::vector<std::string>& entries, std::string_view name, std::string value);

// This process's environment as a map, without what belongs to the daemon alone (NOTIFY_SOCKET,
// LISTEN_FDS and the like).
[[nodiscard]] config::Environment inheritable_environment(char** environment);

}  // namespace svd::daemon
