// What a process and everything that came from it uses. Figures that nobody could tell are empty.
#pragma once

#include <cstdint>
#include <optional>

namespace svd {

// Counters that go on over runs, because the cgroup does; a run's part is a difference of two.
struct Counters {
    std::uint64_t cgroup = 0;  // inode of the cgroup they belong to; 0: none
    std::uint64_t cpu_usec = 0;
    std::uint64_t cpu_user_usec = 0;
    std::uint64_t cpu_system_usec = 0;
    std::uint64_t read_bytes = 0;
    std::uint64_t written_bytes = 0;
    std::uint64_t memory_peak = 0;
    std::uint64_t oom_kills = 0;
    bool operator==(const Counters&) const = default;
};

// The part of the counters that a run has used, when `before` are those at its beginning.
[[nodiscard]] Counters since(const Counters& now, const Counters& before);

struct Usage {
    // Where most of the figures are from.
    enum class Source { None, Cgroup, Proc, CgroupAndProc };
    Source source = Source::None;

    std::optional<std::uint64_t> cpu_usec;  // of this run, ended processes included (cgroup only)
    std::optional<std::uint64_t> cpu_user_usec;
    std::optional<std::uint64_t> cpu_system_usec;
    std::optional<std::uint64_t> memory;       // bytes; with /proc: resident, shared pages counted
                                               // for each process
    std::optional<std::uint64_t> memory_peak;  // with a cgroup: since its first run
    std::optional<std::uint64_t> swap;         // bytes
    std::optional<std::uint64_t> tasks;        // threads
    std::optional<std::uint64_t> processes;
    std::optional<std::uint64_t> read_bytes;  // from and to block devices, of this run
    std::optional<std::uint64_t> written_bytes;

    // Limits in force; empty: none, or the controller is missing.
    std::optional<std::uint64_t> memory_high;
    std::optional<std::uint64_t> memory_max;
    std::optional<std::uint64_t> swap_max;
    std::optional<std::uint64_t> tasks_max;
    std::optional<std::uint64_t> cpu_max_permille;  // of one CPU
    bool operator==(const Usage&) const = default;
};

}  // namespace svd
