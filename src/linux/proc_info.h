// Reading /proc. Every answer may be out of date when it arrives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/error.h"

namespace svd::os {

struct ProcStat {
    pid_t pid = 0;
    std::string name;  // comm
    char state = '?';  // 'Z' zombie, 'X' dead
    pid_t parent = 0;
    pid_t process_group = 0;
    pid_t session = 0;
    std::uint64_t start_ticks = 0;  // since boot; with pid it names a process for good
    [[nodiscard]] bool is_dead() const { return state == 'Z' || state == 'X'; }
};

// Pure; copes with blanks and parentheses in the name.
[[nodiscard]] std::optional<ProcStat> parse_proc_stat(std::string_view text);
[[nodiscard]] std::optional<ProcStat> read_proc_stat(pid_t pid);
// A number of this process in /proc/self/stat, by its place in proc(5), behind the name; 0 when it
// is not to be had.
[[nodiscard]] std::uint64_t own_stat_field(std::size_t place);
// The status of a zombie as of wait(2), which its parent has not asked for; empty when it is none,
// or not to be seen.
[[nodiscard]] std::optional<int> read_zombie_status(pid_t pid);
// All processes in sight.
[[nodiscard]] Result<std::vector<ProcStat>> read_all_processes();
// Threads of a process, itself included; none when it is gone.
[[nodiscard]] std::vector<pid_t> read_threads(pid_t pid);
// Path in the v2 hierarchy, "" when there is none.
[[nodiscard]] std::string read_process_cgroup(pid_t pid);
// "NAME=value" is in the environment that the process was started with. False when unreadable.
[[nodiscard]] bool process_environment_has(pid_t pid, std::string_view assignment);
// A small file as a whole (up to 1 MiB), for /proc and cgroup files.
[[nodiscard]] Result<std::string> read_small_file(const std::string& path);
[[nodiscard]] Result<std::string> read_small_file_at(int directory, const std::string& path);
// The same for a file that the kernel writes in one piece or in short lines (figures, lists of
// pids; not mountinfo): no second read only to see that nothing follows.
[[nodiscard]] Result<std::string> read_figures(const std::string& path);
[[nodiscard]] Result<std::string> read_figures_at(int directory, const std::string& path);
// Resident memory and CPU time of a live process; empty when it is gone.
struct ProcUsage {
    std::uint64_t resident_bytes = 0;
    std::uint64_t cpu_ms = 0;
};
[[nodiscard]] std::optional<ProcUsage> read_proc_usage(pid_t pid);
// Open descriptors of this process, ascending.
[[nodiscard]] std::vector<int> open_descriptors();

}  // namespace svd::os
