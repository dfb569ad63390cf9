// The child's side of a spawn: everything between clone and execve.
#pragma once

#include <cstddef>

#include <sys/types.h>

#include "linux/exec_report.h"
#include "linux/launch_slots.h"
#include "linux/signals.h"
#include "linux/spawn.h"

namespace svd::os {

// Flat and complete: the child reads it and never allocates. All pointers are borrowed.
struct ChildPlan {
    const char* path = nullptr;
    char* const* argv = nullptr;
    char* const* envp = nullptr;
    char* const* pid_variables = nullptr;  // of envp: "NAME=" and room for a number; ends with it
    const char* directory = nullptr;
    bool set_umask = false;
    mode_t umask = 0;
    bool switch_user = false;
    uid_t uid = 0;
    gid_t gid = 0;
    const gid_t* groups = nullptr;
    std::size_t group_count = 0;
    char oom_score_adj[8] = {};  // as text; empty: as it is
    bool set_nice = false;
    int nice = 0;
    bool set_io_priority = false;
    int io_priority = 0;
    const ResourceLimit* limits = nullptr;
    std::size_t limit_count = 0;
    int fds[3] = {-1, -1, -1};
    const PassedFd* passed = nullptr;  // each fd is above every number
    std::size_t passed_count = 0;
    // Not null: the descriptor table is the daemon's, and must be left before anything else, with
    // the descriptors below this end copied.
    LaunchWords* shares_table = nullptr;
    unsigned descriptors_end = 0;
    int join_cgroup_fd = -1;  // enter this cgroup by hand: the kernel could not place the child
    bool new_process_group = true;
    SignalSet ignored_signals = kAllSignals;
    detail::ReportCell* report = nullptr;
};

// Async-signal-safe, and safe in memory that the daemon goes on using: it writes to nothing but its
// stack, `report` and the numbers of `pid_variables`. All signals are blocked on entry. Never
// returns, never throws, never runs exit handlers.
[[noreturn]] void become_program(const ChildPlan& plan) noexcept;

// How a stage is told to people: "couldn't {text}[ {detail}]: {reason}". The reason is fixed, or
// the symbol of the errno.
struct SpawnStageText {
    SpawnStage stage;
    const char* text;
    enum class Detail { None, Argv0, Directory, Uid, Resource } detail;
    const char* reason;  // null: errno's symbol
};
[[nodiscard]] const SpawnStageText& spawn_stage_text(SpawnStage stage) noexcept;

}  // namespace svd::os
