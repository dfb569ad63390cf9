// From the limits of the configuration to what the kernel is told. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/model.h"
#include "linux/cgroup_settings.h"
#include "linux/process_limits.h"

namespace svd::daemon {

// Everything that is set, as files of a cgroup.
[[nodiscard]] std::vector<os::CgroupSetting> cgroup_settings(const config::Limits& limits);

// Everything that is set, for each process.
[[nodiscard]] os::ProcessLimits process_limits(const config::Limits& limits);
// What a running process has to be given; what is no longer limited becomes what `inherited` says.
[[nodiscard]] os::ProcessLimits process_limit_changes(const config::Limits& before,
                                                      const config::Limits& after,
                                                      const os::ProcessLimits& inherited);

// Cgroup controllers that the limits of this configuration ask for, each with the files that need
// it ("memory" with "memory.max", "memory.high").
using ControllerNeeds = std::map<std::string, std::vector<std::string>, std::less<>>;
[[nodiscard]] ControllerNeeds needed_controllers(const config::Config& config);

}  // namespace svd::daemon
