#include "linux/spawn.h"

#include <array>
#include <utility>

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/spawn_child.h"
#include "linux/spawn_memory.h"

namespace svd::os {
namespace {

constexpr int kCgroupRetries = 3;

// No handler of the daemon may ever run in the child, so nothing is delivered around the clone.
class AllSignalsBlocked {
  public:
    AllSignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, &before_);
    }
    ~AllSignalsBlocked() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
    AllSignalsBlocked(const AllSignalsBlocked&) = delete;
    AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

  private:
    sigset_t before_;
};

struct Cloned {
    pid_t pid = -1;
    int pidfd = -1;
    int code = 0;  // errno when pid is -1
    bool in_cgroup = false;
};

// Does not return in the child.
Cloned clone_by_clone3(const ChildPlan& plan, int cgroup_fd) {
    Cloned cloned;
    clone_args args{};
    args.flags = CLONE_PIDFD;
    args.pidfd = reinterpret_cast<std::uintptr_t>(&cloned.pidfd);
    args.exit_signal = SIGCHLD;
    if (cgroup_fd >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = static_cast<__u64>(cgroup_fd);
        cloned.in_cgroup = true;
    }
    const HeapStaysHome heap;
    const long pid = syscall(SYS_clone3, &args, sizeof(args));
    if (pid == 0) become_program(plan);
    cloned.code = pid < 0 ? errno : 0;
    cloned.pid = static_cast<pid_t>(pid);
    return cloned;
}

// For filters and kernels that refuse clone3. The child enters its cgroup by itself.
Cloned clone_by_fork(ChildPlan plan, int cgroup_fd) {
    Cloned cloned;
    if (cgroup_fd >= 0 && faccessat(cgroup_fd, "cgroup.procs", W_OK, AT_EACCESS) == 0) {
        plan.join_cgroup_fd = cgroup_fd;
        cloned.in_cgroup = true;
    }
    cloned.pid = fork();
    if (cloned.pid == 0) become_program(plan);
    cloned.code = cloned.pid < 0 ? errno : 0;
    if (cloned.pid > 0) {
        const long pidfd = syscall(SYS_pidfd_open, cloned.pid, 0);
        cloned.pidfd = static_cast<int>(pidfd);
        if (pidfd < 0) cloned.code = errno;
    }
    return cloned;
}

bool cgroup_is_going(int code) {
    return code == ENOENT || code == ENODEV || code == EBUSY;
}
bool is_shortage(int code) {
    return code == EAGAIN || code == ENOMEM || code == EMFILE || code == ENFILE;
}

Cloned clone_somehow(const ChildPlan& plan, int cgroup_fd, const RecreateCgroup& recreate) {
    Cloned cloned;
    if (cgroup_fd >= 0) {
        int fd = cgroup_fd;
        cloned = clone_by_clone3(plan, fd);
        for (int i = 0; i < kCgroupRetries && cgroup_is_going(cloned.code) && recreate; ++i) {
            const auto again = recreate();
            if (!again) break;
            fd = *again;
            cloned = clone_by_clone3(plan, fd);
        }
        if (cloned.code == 0 || is_shortage(cloned.code)) return cloned;
        cgroup_fd = fd;
    }
    cloned = clone_by_clone3(plan, -1);
    if (cloned.code == ENOSYS || cloned.code == EPERM || cloned.code == EINVAL)
        cloned = clone_by_fork(plan, cgroup_fd);
    return cloned;
}

}  // namespace

Result<Child> spawn(const SpawnSpec& spec, const RecreateCgroup& recreate) {
    if (spec.argv.empty()) return fail("spawn {}: no arguments", spec.path);
    SVD_TRY(ExecReport report, ExecReport::allocate());
    SVD_TRY(const SpawnArena arena, SpawnArena::copy(spec));

    ChildPlan plan;
    plan.path = arena.path;
    plan.argv = arena.argv;
    plan.envp = arena.envp;
    plan.directory = arena.directory;
    plan.set_umask = spec.umask.has_value();
    plan.umask = spec.umask.value_or(0);
    if (spec.ids) {
        plan.switch_user = true;
        plan.uid = spec.ids->uid;
        plan.gid = spec.ids->gid;
        plan.groups = arena.groups;
        plan.group_count = spec.ids->groups.size();
    }
    plan.limits = arena.limits;
    plan.limit_count = spec.limits.size();
    plan.fds[0] = spec.in;
    plan.fds[1] = spec.out;
    plan.fds[2] = spec.err;
    plan.new_process_group = spec.new_process_group;
    plan.report = report.cell();

    Cloned cloned;
    {
        const AllSignalsBlocked blocked;
        cloned = clone_somehow(plan, spec.cgroup_fd, recreate);
    }
    if (cloned.pid < 0) return fail_errno(cloned.code, "create a process for {}", spec.path);
    Child child;
    child.pid = cloned.pid;
    child.pidfd = UniqueFd::adopt(cloned.pidfd);
    child.report = std::move(report);
    child.in_cgroup = cloned.in_cgroup;
    // Both sides do it, or a signal to the group could come before the group. EACCES: already
    // executing, so the child has done it.
    if (spec.new_process_group) setpgid(child.pid, child.pid);
    if (!child.pidfd) {
        // Without a pidfd it could not be watched. It is still ours, so the pid is safe to use.
        kill(child.pid, SIGKILL);
        return fail_errno(cloned.code, "open a pidfd for {}", spec.path);
    }
    return child;
}

ExecFailure describe_exec_failure(SpawnStage stage, int code, std::string_view argv0,
                                  std::string_view directory, uid_t uid) {
    const SpawnStageText& row = spawn_stage_text(stage);
    std::string text = fmt::format("couldn't {}", row.text);
    switch (row.detail) {
        case SpawnStageText::Detail::None:
            break;
        case SpawnStageText::Detail::Argv0:
            text += fmt::format(" {}", argv0);
            break;
        case SpawnStageText::Detail::Directory:
            text += fmt::format(" {}", directory);
            break;
        case SpawnStageText::Detail::Uid:
            text += fmt::format(" {}", uid);
            break;
    }
    text += ": ";
    text += row.reason != nullptr ? row.reason : errno_name(code);
    return ExecFailure{stage, code, std::move(text)};
}

ExecFailure describe_exec_failure(const SpawnSpec& spec, SpawnStage stage, int code) {
    return describe_exec_failure(stage, code, spec.argv.empty() ? spec.path : spec.argv.front(),
                                 spec.directory.value_or(""), spec.ids ? spec.ids->uid : getuid());
}

}  // namespace svd::os
