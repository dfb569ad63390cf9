// What the doors show of a process, its configuration and the outcome of a verb on many.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/clock.h"
#include "control/fault.h"
#include "process/fleet.h"

namespace svd::control {

// getProcessInfo; times are whole seconds since the epoch, 0 for never.
struct ProcessInfo {
    std::string_view name;
    std::string_view group;
    std::int64_t start = 0;
    std::int64_t stop = 0;
    std::int64_t now = 0;
    process::State state = process::State::Stopped;
    std::string_view spawnerr;
    int exitstatus = 0;
    std::string stdout_logfile;  // empty: none
    std::string stderr_logfile;
    pid_t pid = 0;
    std::string description;
};

// getAllConfigInfo: one configured process and the group it would run in.
struct ConfigInfo {
    const config::ProcessConfig* process = nullptr;
    const config::GroupConfig* group = nullptr;
    bool in_use = false;         // a group of this name is running
    std::string stdout_logfile;  // a path, "auto" or "none"
    std::string stderr_logfile;
};

// One member's part in a verb on a group or on all.
struct MemberResult {
    std::string name;
    std::string group;
    FaultCode status = FaultCode::Success;
    std::string description;  // "OK" or the fault's text
};

// tailProcessStdoutLog.
struct TailChunk {
    std::string data;
    std::int64_t offset = 0;
    bool overflow = false;
};

enum class Channel { Stdout, Stderr };

}  // namespace svd::control
