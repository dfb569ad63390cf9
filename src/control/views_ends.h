// What the doors show of a process's ends, and of what it uses.
#pragma once

#include <string>
#include <vector>

#include "base/usage.h"
#include "process/fleet.h"

namespace svd::control {

// One process and why it is in its state. Valid during the visit.
struct EndsView {
    struct End {
        const process::Death* death = nullptr;
        std::string text;  // "exit code 3, not expected"
    };
    const process::Process* process = nullptr;
    std::string reason;     // one line
    std::vector<End> ends;  // the latest first
    std::string out;        // last output of the run that ended last; valid UTF-8
    std::string err;
    std::int64_t now = 0;  // seconds since the epoch
};

// One process and what it uses now. Valid during the visit.
struct UsageView {
    const process::Process* process = nullptr;
    Usage usage;
    std::string last_end;             // "exit code 3, not expected"; empty: none
    std::int64_t last_end_at = 0;     // seconds since the epoch
    std::string told;                 // what it says of itself, see sd_notify; mostly empty
    std::string_view listener_state;  // "READY"; empty for what is no event listener
    Now now;
};

// The sum over a group. A figure that no process has is empty.
struct GroupUsage {
    std::string_view group;
    std::size_t processes = 0;
    std::size_t running = 0;
    Usage usage;
};

}  // namespace svd::control
