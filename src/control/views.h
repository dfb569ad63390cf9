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
    bool paused = false;
    std::string_view status_text;  // what the process says of itself; good until the next turn
    std::string_view phase;        // "reloading" or "stopping" when it says so, else empty
    std::string description;
};

// What pausing made of a process. No state of its own: outwardly a paused process is RUNNING.
struct PauseState {
    bool paused = false;    // the order to stand still holds
    bool changing = false;  // the kernel has not carried out the latest order yet
    bool failed = false;    // and it never did
    std::string trouble;    // why an order did not come true, or does not hold any more
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

// One [eventlistener:x]: its queue, what became of its events so far, and its processes.
struct EventPoolInfo {
    struct Listener {
        std::string_view name;
        process::State state = process::State::Stopped;
        std::string_view listener_state;  // "READY"
    };
    std::string_view group;
    std::size_t buffer_size = 0;
    std::size_t queued = 0;
    std::uint64_t accepted = 0;
    std::uint64_t delivered = 0;  // answered with OK
    std::uint64_t rejected = 0;   // answers other than OK; those events are kept
    std::uint64_t dropped = 0;    // lost to a full queue
    std::vector<Listener> listeners;
};

// svd itself.
struct DaemonInfo {
    std::string_view version;
    pid_t pid = 0;
    int upgrades = 0;             // how often it has become another program
    WallTime started{};           // of the first one
    bool outlives_crash = false;  // programs would lose nothing if svd crashed now
};

enum class Channel { Stdout, Stderr };

}  // namespace svd::control
