#include "base/usage.h"

namespace svd {

Counters since(const Counters& now, const Counters& before) {
    if (now.cgroup != before.cgroup) return now;
    const auto grown = [](std::uint64_t to, std::uint64_t from) {
        return to > from ? to - from : 0;
    };
    Counters part;
    part.cgroup = now.cgroup;
    part.cpu_usec = grown(now.cpu_usec, before.cpu_usec);
    part.cpu_user_usec = grown(now.cpu_user_usec, before.cpu_user_usec);
    part.cpu_system_usec = grown(now.cpu_system_usec, before.cpu_system_usec);
    part.read_bytes = grown(now.read_bytes, before.read_bytes);
    part.written_bytes = grown(now.written_bytes, before.written_bytes);
    part.oom_kills = grown(now.oom_kills, before.oom_kills);
    // A peak does not add up: only a higher one was reached in this run.
    part.memory_peak = now.memory_peak > before.memory_peak ? now.memory_peak : 0;
    return part;
}

}  // namespace svd
