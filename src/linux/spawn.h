// Starting one child. All preparation is done in the parent; the child only makes system calls.
//
// Order in the child: own descriptor table, process group, signal dispositions, descriptors 0 to 2,
// every other descriptor close-on-exec, cgroup, further descriptors, process limits, user,
// directory, umask, empty signal mask, execve. A failure is written to the child's descriptor 2 in
// Supervisor's words, is left in the child's ExecReport, and ends the child with code 127.
//
// Nothing blocks the parent, and nothing that grows with the daemon is copied: see launch_slots.h.
// It is no vfork, whose parent stands still until execve is done: a slow disk, a dead mount in
// chdir or a throttled cgroup would stop the whole daemon. A child that may not borrow memory is
// forked, with the heap and the libraries kept out of it (spawn_memory.h).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "base/fd.h"
#include "linux/exec_report.h"
#include "linux/process_limits.h"

namespace svd::os {

// Complete identity of a process: real and effective ids and the supplementary groups.
struct Credentials {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;  // supplementary, the primary one included
};

// A descriptor of the daemon, borrowed, and the number that the program expects it at.
struct PassedFd {
    int fd = -1;
    int number = 3;
};

struct SpawnSpec {
    std::string path;               // file to execute; no search
    std::vector<std::string> argv;  // with argv[0]; must not be empty
    std::vector<std::string> env;   // "NAME=value", all of it but pid_variables
    // Names of variables that hold the child's own pid, which only the child knows.
    std::vector<std::string> pid_variables;
    std::optional<std::string> directory;
    std::optional<mode_t> umask;
    // Switched to when the uid differs from the daemon's, as Supervisor does; needs root.
    std::optional<Credentials> ids;
    // Set while the child is still the daemon's user. What the kernel refuses ends the child.
    ProcessLimits limits;
    int in = -1;   // borrowed; become 0, 1 and 2. -1: /dev/null.
    int out = -1;  // any two or all three may be the same, and may be numbers below 3
    int err = -1;
    // Beside those three; numbers from 3 on, each once. Such a child is given a copy of the
    // daemon's descriptor table and memory, which costs more than a slot.
    std::vector<PassedFd> passed;
    int cgroup_fd = -1;  // borrowed directory of the child's cgroup; -1: the daemon's own
    // Known of that cgroup and the one above it; false: it is looked up.
    bool no_memory_accounting = false;
    bool new_process_group = true;
    // Return while the child is still on its way to execve. The daemon may then hold the child's
    // ends for some more microseconds, until settle_launches() answers true.
    bool in_background = false;
};

// A started child. pidfd is close-on-exec and becomes readable when the child exits. Give it to
// ChildTable::adopt: whoever drops a Child leaves a zombie to the table's collector.
struct Child {
    pid_t pid = 0;
    UniqueFd pidfd;
    ExecReport report;
    bool in_cgroup = false;  // false: no cgroup_fd was given, or the kernel refused it
    bool foreign = false;    // of a daemon that is gone: somebody else reaps it
};

// Called when the cgroup vanished under us (ENOENT) or is busy; makes a new one and answers its
// directory, which must live until spawn returns. At most three times.
using RecreateCgroup = std::function<Result<int>()>;

// Error codes a caller may tell apart: EAGAIN (process limit), ENOMEM, EMFILE. A child that fails
// later than its creation is a success here.
[[nodiscard]] Result<Child> spawn(const SpawnSpec& spec, const RecreateCgroup& recreate = nullptr);

// Lets go of what children in the background needed. True when none is on its way any more; until
// then an end of a pipe that the child has closed may still be open here. To be called soon after a
// spawn in the background, and again while it answers false.
bool settle_launches();

// "couldn't exec {argv0}: ENOENT", "couldn't setuid to 33: Could not set groups of effective user".
[[nodiscard]] ExecFailure describe_exec_failure(const SpawnSpec& spec, SpawnStage stage, int code,
                                                int resource = -1);
// The same when the spec is no longer at hand: argv0, directory and uid are shown as given.
[[nodiscard]] ExecFailure describe_exec_failure(SpawnStage stage, int code, std::string_view argv0,
                                                std::string_view directory, uid_t uid,
                                                int resource = -1);

}  // namespace svd::os
