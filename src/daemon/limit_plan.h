// From the limits of the configuration to what the kernel is told. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
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

// Cgroup controllers that this configuration asks for, each with the options that need it ("memory"
// with "memory_max", "memory_high"; none when only required_controllers names it).
using ControllerNeeds = std::map<std::string, std::vector<std::string>, std::less<>>;
[[nodiscard]] ControllerNeeds needed_controllers(const config::Config& config);
// "cgroup controller 'memory' is missing; without effect: memory_max, memory_high"
[[nodiscard]] std::string describe_missing(const std::string& controller,
                                           const ControllerNeeds& needs);
inline constexpr std::string_view kHowToGetControllers =
    "start svd as a systemd unit with Delegate=yes, or alone in a cgroup that has the controller";

}  // namespace svd::daemon
