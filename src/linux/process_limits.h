// What a process may use, beside its cgroup: niceness, disk priority, readiness to be killed for
// want of memory, and resource limits. For a child before it runs (spawn.h), and for live
// processes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

#include "base/error.h"

namespace svd::os {

struct ResourceLimit {
    int resource = 0;  // RLIMIT_NOFILE, ...
    rlimit value{};
};

// Unset members are left as they are.
struct ProcessLimits {
    std::optional<int> oom_score_adj;
    std::optional<int> nice;
    std::optional<int> io_priority;  // as ioprio_set(2) takes it
    std::vector<ResourceLimit> resources;
};

// class 1 to 3, level 0 to 7.
[[nodiscard]] constexpr int io_priority_value(int io_class, int level) {
    constexpr int kClassShift = 13;
    return (io_class << kClassShift) | level;
}

// "RLIMIT_NOFILE"; "a resource limit" for a number that has no name. Never allocates.
[[nodiscard]] const char* rlimit_name(int resource) noexcept;

// What this process has, of everything: what a child gets for which nothing else is asked.
[[nodiscard]] ProcessLimits own_process_limits();

// Gives a live process (all of its threads) these limits. Goes on after a failure and answers all
// of them; what concerns a process that has ended meanwhile is none.
[[nodiscard]] std::vector<Error> set_process_limits(pid_t pid, const ProcessLimits& limits);

}  // namespace svd::os
