// What a program, or a group as a whole, may use of the machine: values of the limit options.
//
// An unset member leaves things as the kernel and the daemon have them. All of it can be changed
// under running processes, so it is no part of what makes a group "changed" (diff.h).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace svd::config {

// "max" and "infinity".
inline constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

// Processor time in each period, in microseconds.
struct CpuQuota {
    std::uint64_t quota = kUnlimited;
    std::uint64_t period = 100'000;
    bool operator==(const CpuQuota&) const = default;
};

enum class IoClass { Realtime = 1, BestEffort = 2, Idle = 3 };  // the kernel's numbers

struct IoPriority {
    IoClass io_class = IoClass::BestEffort;
    int level = 0;  // 0 to 7, the lowest first; 0 for Idle
    bool operator==(const IoPriority&) const = default;
};

// The RLIMIT_ of this name.
enum class Resource {
    Nofile,
    Nproc,
    Core,
    Memlock,
    Stack,
    As,
    Data,
    Rss,
    Fsize,
    Cpu,
    Rtprio,
    Rttime,
    Nice,
    Sigpending,
    Msgqueue,
};

struct ResourceLimit {
    Resource resource = Resource::Nofile;
    std::uint64_t soft = kUnlimited;
    std::uint64_t hard = kUnlimited;
    bool operator==(const ResourceLimit&) const = default;
};

struct Limits {
    // Of a cgroup: a process with all its descendants, or a whole group.
    std::optional<std::uint64_t> memory_high;  // bytes
    std::optional<std::uint64_t> memory_max;
    std::optional<std::uint64_t> memory_swap_max;
    std::optional<bool> oom_group;
    std::optional<int> cpu_weight;
    std::optional<CpuQuota> cpu_max;
    std::optional<std::string> allowed_cpus;  // normal form: "0-3,6"
    std::optional<int> io_weight;
    std::optional<std::uint64_t> pids_max;
    // Of a program's process with all its descendants; never in a group's.
    std::optional<std::uint64_t> memory_restart;  // bytes; svd itself sees to it
    // Of each process; never in a group's.
    std::optional<int> oom_score_adj;
    std::optional<int> nice;
    std::optional<IoPriority> ionice;
    std::vector<ResourceLimit> rlimits;  // in the order of rlimit_table(), each resource once

    bool operator==(const Limits&) const = default;
};

enum class RlimitUnit { Number, Bytes };

struct RlimitRow {
    std::string_view option;  // "limit_nofile"
    Resource resource;
    RlimitUnit unit;
};
[[nodiscard]] std::span<const RlimitRow> rlimit_table();

// Sizes as they are written: "600MB", "max".
[[nodiscard]] std::string size_text(std::uint64_t size);

// Option and value of everything that is set, as people would write it.
using LimitTexts = std::vector<std::pair<std::string_view, std::string>>;
[[nodiscard]] LimitTexts limit_texts(const Limits& limits);
// "memory_max 600MB -> 800MB, nice unset -> 5"; empty when both are the same.
[[nodiscard]] std::string describe_changes(const Limits& before, const Limits& after);

}  // namespace svd::config
