#include "linux/spawn.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <span>
#include <utility>

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/launch_slots.h"
#include "linux/raw_syscall.h"
#include "linux/signals.h"
#include "linux/spawn_child.h"
#include "linux/spawn_memory.h"

namespace svd::os {
namespace {

constexpr int kCgroupRetries = 3;
constexpr std::chrono::milliseconds kLongestWait{100};

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
    bool shares_table = false;
    bool borrows_memory = false;
};

void run_plan(void* plan) {
    become_program(*static_cast<const ChildPlan*>(plan));
}

// In the memory of the daemon when there is a stack for it, else in a copy. Does not return in the
// child.
Cloned clone_by_clone3(ChildPlan& plan, int cgroup_fd, std::span<std::byte> stack) {
    Cloned cloned;
    clone_args args{};
    // Those that are ignored stay so, and no other has to be reset one by one.
    args.flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND;
    plan.ignored_signals = signals_ignored();
    args.pidfd = reinterpret_cast<std::uintptr_t>(&cloned.pidfd);
    args.exit_signal = SIGCHLD;
    cloned.shares_table = plan.shares_table != nullptr;
    if (cloned.shares_table) args.flags |= CLONE_FILES;
    if (cgroup_fd >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = static_cast<__u64>(cgroup_fd);
        cloned.in_cgroup = true;
    }
    long pid = 0;
    cloned.borrows_memory = !stack.empty();
    if (cloned.borrows_memory) {
        args.flags |= CLONE_VM | CLONE_CHILD_CLEARTID;
        args.child_tid = reinterpret_cast<std::uintptr_t>(&plan.shares_table->tid);
        args.stack = reinterpret_cast<std::uintptr_t>(stack.data());
        args.stack_size = stack.size();
        pid = clone_on_stack(args, run_plan, &plan);
    } else {
        const HeapStaysHome heap;
        pid = raw_syscall(SYS_clone3, &args, sizeof(args));
        if (pid == 0) become_program(plan);
    }
    cloned.code = pid < 0 ? static_cast<int>(-pid) : 0;
    cloned.pid = pid < 0 ? -1 : static_cast<pid_t>(pid);
    return cloned;
}

// For filters and kernels that refuse clone3. The child enters its cgroup by itself.
Cloned clone_by_fork(ChildPlan plan, int cgroup_fd) {
    Cloned cloned;
    plan.shares_table = nullptr;
    plan.ignored_signals = kAllSignals;
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

// `plan` must live as long as a stack is in use.
Cloned clone_somehow(ChildPlan& plan, int cgroup_fd, std::span<std::byte> stack,
                     const RecreateCgroup& recreate) {
    Cloned cloned;
    if (cgroup_fd >= 0) {
        int fd = cgroup_fd;
        cloned = clone_by_clone3(plan, fd, stack);
        for (int i = 0; i < kCgroupRetries && cgroup_is_going(cloned.code) && recreate; ++i) {
            const auto again = recreate();
            if (!again) break;
            fd = *again;
            cloned = clone_by_clone3(plan, fd, stack);
        }
        if (cloned.code == 0 || is_shortage(cloned.code)) return cloned;
        cgroup_fd = fd;
    }
    cloned = clone_by_clone3(plan, -1, stack);
    if (cloned.code == ENOSYS || cloned.code == EPERM || cloned.code == EINVAL)
        cloned = clone_by_fork(plan, cgroup_fd);
    return cloned;
}

ChildPlan make_plan(const SpawnSpec& spec, const SpawnArena& arena, detail::ReportCell* report) {
    ChildPlan plan;
    plan.path = arena.path;
    plan.argv = arena.argv;
    plan.envp = arena.envp;
    plan.pid_variables = arena.pid_variables;
    plan.passed = arena.passed;
    plan.passed_count = spec.passed.size();
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
    if (spec.limits.oom_score_adj)
        fmt::format_to_n(plan.oom_score_adj, sizeof(plan.oom_score_adj) - 1, "{}",
                         *spec.limits.oom_score_adj);
    plan.set_nice = spec.limits.nice.has_value();
    plan.nice = spec.limits.nice.value_or(0);
    plan.set_io_priority = spec.limits.io_priority.has_value();
    plan.io_priority = spec.limits.io_priority.value_or(0);
    plan.limits = arena.limits;
    plan.limit_count = spec.limits.resources.size();
    plan.fds[0] = spec.in;
    plan.fds[1] = spec.out;
    plan.fds[2] = spec.err;
    plan.new_process_group = spec.new_process_group;
    plan.report = report;
    return plan;
}

Result<Cloned> clone_with_copies(const SpawnSpec& spec, detail::ReportCell* report,
                                 const RecreateCgroup& recreate) {
    SVD_TRY(const SpawnArena arena, SpawnArena::copy(spec));
    ChildPlan plan = make_plan(spec, arena, report);
    const AllSignalsBlocked blocked;
    return clone_somehow(plan, spec.cgroup_fd, {}, recreate);
}

Cloned clone_from_slot(LaunchSlots& slots, LaunchSlot& slot, const SpawnSpec& spec,
                       detail::ReportCell* report, const RecreateCgroup& recreate) {
    Cloned cloned;
    const std::size_t room = sizeof(ChildPlan) + alignof(ChildPlan);
    const auto block = slot.block(room + SpawnArena::bytes_needed(spec));
    if (block.empty()) {
        cloned.code = ENOMEM;
        return cloned;
    }
    const SpawnArena arena = SpawnArena::copy_into(block.subspan(room), spec);
    auto* plan = new (block.data()) ChildPlan(make_plan(spec, arena, report));
    for (int i = 0; i < 3; ++i)
        if (plan->fds[i] >= 0) plan->fds[i] = slot.end(i);
    plan->shares_table = &slot.words();
    plan->descriptors_end = slots.descriptors_end();
    const auto stack = may_borrow_memory(spec) ? slot.stack() : std::span<std::byte>{};
    const AllSignalsBlocked blocked;
    cloned = clone_somehow(*plan, spec.cgroup_fd, stack, recreate);
    if (!cloned.shares_table) slot.words().left.store(1);
    slot.launched(cloned.pid, cloned.borrows_memory);
    return cloned;
}

// Above all numbers that the program expects, so that none is overwritten before it is placed.
Result<std::vector<UniqueFd>> raise_passed(SpawnSpec& spec) {
    int highest = STDERR_FILENO;
    for (const PassedFd& passed : spec.passed) highest = std::max(highest, passed.number);
    std::vector<UniqueFd> raised;
    for (PassedFd& passed : spec.passed) {
        raised.push_back(UniqueFd::adopt(fcntl(passed.fd, F_DUPFD_CLOEXEC, highest + 1)));
        if (!raised.back()) return fail_errno(errno, "copy a descriptor for {}", spec.path);
        passed.fd = raised.back().get();
    }
    return raised;
}

Result<Cloned> clone_with_passed(SpawnSpec spec, detail::ReportCell* report,
                                 const RecreateCgroup& recreate) {
    SVD_TRY(const auto raised, raise_passed(spec));
    return clone_with_copies(spec, report, recreate);
}

}  // namespace

Result<Child> spawn(const SpawnSpec& spec, const RecreateCgroup& recreate) {
    if (spec.argv.empty()) return fail("spawn {}: no arguments", spec.path);
    SVD_TRY(ExecReport report, ExecReport::allocate());
    LaunchSlots& slots = LaunchSlots::instance();
    Cloned cloned;
    if (!spec.passed.empty()) {
        SVD_TRY(cloned, clone_with_passed(spec, report.cell(), recreate));
    } else if (LaunchSlot* slot = slots.take({spec.in, spec.out, spec.err})) {
        cloned = clone_from_slot(slots, *slot, spec, report.cell(), recreate);
        if (!spec.in_background) {
            if (cloned.pid > 0) slot->wait_until_left(kLongestWait);
            slots.settle();
        }
    } else {
        SVD_TRY(cloned, clone_with_copies(spec, report.cell(), recreate));
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

bool settle_launches() {
    return LaunchSlots::instance().settle();
}

ExecFailure describe_exec_failure(SpawnStage stage, int code, std::string_view argv0,
                                  std::string_view directory, uid_t uid, int resource) {
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
        case SpawnStageText::Detail::Resource:
            text += fmt::format(" {}", rlimit_name(resource));
            break;
    }
    text += ": ";
    text += row.reason != nullptr ? row.reason : errno_name(code);
    return ExecFailure{stage, code, std::move(text)};
}

ExecFailure describe_exec_failure(const SpawnSpec& spec, SpawnStage stage, int code, int resource) {
    return describe_exec_failure(stage, code, spec.argv.empty() ? spec.path : spec.argv.front(),
                                 spec.directory.value_or(""), spec.ids ? spec.ids->uid : getuid(),
                                 resource);
}

}  // namespace svd::os
