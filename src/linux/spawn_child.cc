// Nothing in this file may allocate, lock, log or return to its caller, nor set errno, which is the
// daemon's: system calls are made with raw_syscall alone.
#include "linux/spawn_child.h"

#include <array>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "linux/raw_syscall.h"
#include "linux/signals.h"

namespace svd::os {
namespace {

using Detail = SpawnStageText::Detail;

constexpr std::array kStageTexts{
    SpawnStageText{SpawnStage::None, "", Detail::None, nullptr},
    SpawnStageText{SpawnStage::Descriptors, "set up descriptors", Detail::None, nullptr},
    SpawnStageText{SpawnStage::Cgroup, "enter cgroup", Detail::None, nullptr},
    SpawnStageText{SpawnStage::OomScore, "set oom_score_adj", Detail::None, nullptr},
    SpawnStageText{SpawnStage::Nice, "set nice", Detail::None, nullptr},
    SpawnStageText{SpawnStage::IoPriority, "set ionice", Detail::None, nullptr},
    SpawnStageText{SpawnStage::Limits, "set", Detail::Resource, nullptr},
    SpawnStageText{SpawnStage::NotRoot, "setuid to", Detail::Uid,
                   "Can't drop privilege as nonroot user"},
    SpawnStageText{SpawnStage::Groups, "setuid to", Detail::Uid,
                   "Could not set groups of effective user"},
    SpawnStageText{SpawnStage::Gid, "setuid to", Detail::Uid,
                   "Could not set group id of effective user"},
    SpawnStageText{SpawnStage::Uid, "setuid to", Detail::Uid, nullptr},
    SpawnStageText{SpawnStage::Directory, "chdir to", Detail::Directory, nullptr},
    SpawnStageText{SpawnStage::Exec, "exec", Detail::Argv0, nullptr},
};
constexpr bool rows_match_stages() {
    for (std::size_t i = 0; i < kStageTexts.size(); ++i)
        if (static_cast<std::size_t>(kStageTexts[i].stage) != i) return false;
    return kStageTexts.size() == static_cast<std::size_t>(SpawnStage::Exec) + 1;
}
static_assert(rows_match_stages());

// Some 32-bit systems have the old 16-bit calls under the plain names.
#ifdef SYS_setgroups32
constexpr long kSetgroups = SYS_setgroups32, kSetgid = SYS_setgid32, kSetuid = SYS_setuid32;
constexpr long kGetuid = SYS_getuid32;
#else
constexpr long kSetgroups = SYS_setgroups, kSetgid = SYS_setgid, kSetuid = SYS_setuid;
constexpr long kGetuid = SYS_getuid;
#endif
constexpr long kSignalSetBytes = 8;  // the kernel's, not the C library's

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

// A line put together on the stack and written with one call, so that it stays whole in a log.
class Line {
  public:
    void add(const char* text) noexcept {
        while (*text != '\0' && used_ < sizeof(bytes_)) bytes_[used_++] = *text++;
    }
    void add(unsigned long number) noexcept {
        char digits[24];
        std::size_t at = sizeof(digits);
        digits[--at] = '\0';
        do {
            digits[--at] = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number != 0);
        add(digits + at);
    }
    void write_to(int fd) const noexcept {
        std::size_t done = 0;
        while (done < used_) {
            const long n = raw_syscall(SYS_write, fd, bytes_ + done, used_ - done);
            if (n == -EINTR) continue;
            if (n <= 0) return;
            done += static_cast<std::size_t>(n);
        }
    }

  private:
    char bytes_[4096];
    std::size_t used_ = 0;
};

void report(const ChildPlan& plan, SpawnStage stage, int code, int resource = -1) noexcept {
    if (plan.report == nullptr) return;
    plan.report->resource.store(resource, std::memory_order_relaxed);
    plan.report->code.store(code, std::memory_order_relaxed);
    plan.report->stage.store(static_cast<std::uint32_t>(stage), std::memory_order_release);
}

[[noreturn]] void end_child() noexcept {
    constexpr int kCouldNotExecute = 127;
    for (;;) raw_syscall(SYS_exit_group, kCouldNotExecute);
}

// Only once descriptor 2 is the child's own.
[[noreturn]] void give_up(const ChildPlan& plan, SpawnStage stage, int code,
                          int resource = -1) noexcept {
    report(plan, stage, code, resource);
    const SpawnStageText& row = spawn_stage_text(stage);
    Line line;
    line.add("supervisor: couldn't ");
    line.add(row.text);
    switch (row.detail) {
        case Detail::None:
            break;
        case Detail::Argv0:
            line.add(" ");
            line.add(plan.argv[0]);
            break;
        case Detail::Directory:
            line.add(" ");
            line.add(plan.directory);
            break;
        case Detail::Uid:
            line.add(" ");
            line.add(static_cast<unsigned long>(plan.uid));
            break;
        case Detail::Resource:
            line.add(" ");
            line.add(rlimit_name(resource));
            break;
    }
    line.add(": ");
    const char* reason = row.reason != nullptr ? row.reason : strerrorname_np(code);
    if (reason != nullptr) {
        line.add(reason);
    } else {
        line.add("errno ");
        line.add(static_cast<unsigned long>(code));
    }
    line.add("\nsupervisor: child process was not spawned\n");
    line.write_to(STDERR_FILENO);
    end_child();
}

void unblock_all_signals() noexcept {
    constexpr unsigned long none[2] = {};
    raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, none, nullptr, kSignalSetBytes);
}

void enter_cgroup(const ChildPlan& plan) noexcept {
    const long fd =
        raw_syscall(SYS_openat, plan.join_cgroup_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    const long r = fd < 0 ? fd : raw_syscall(SYS_write, fd, "0", 1);
    if (r < 0) give_up(plan, SpawnStage::Cgroup, static_cast<int>(-r));
    raw_syscall(SYS_close, fd);
}

void mark_close_on_exec_from(int first) noexcept {
    if (raw_syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
    // An old kernel or a filter. The daemon opens everything close-on-exec; this is the second net.
    constexpr int kHighest = 65536;
    for (int fd = first; fd < kHighest; ++fd) raw_syscall(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
}

void place_descriptors(const ChildPlan& plan) noexcept {
    long source[3];
    for (int target = 0; target < 3; ++target) {
        source[target] = plan.fds[target];
        if (source[target] < 0)
            source[target] = raw_syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
        // Out of the way of the targets, or an earlier dup would overwrite it.
        if (source[target] >= 0 && source[target] < 3 && source[target] != target)
            source[target] = raw_syscall(SYS_fcntl, source[target], F_DUPFD_CLOEXEC, 3);
    }
    // 2 first: what goes wrong afterwards can be told there.
    for (int target = 2; target >= 0; --target) {
        long r = source[target];  // a source that could not be made says why
        if (source[target] == target)
            r = raw_syscall(SYS_fcntl, target, F_SETFD, 0);
        else if (source[target] >= 0)
            r = raw_syscall(SYS_dup3, source[target], target, 0);
        if (r >= 0) continue;
        if (target < STDERR_FILENO) give_up(plan, SpawnStage::Descriptors, static_cast<int>(-r));
        report(plan, SpawnStage::Descriptors, static_cast<int>(-r));
        end_child();
    }
    mark_close_on_exec_from(3);
}

// When all that was copied from the daemon is in its place: these numbers may be in use till then.
void place_passed(const ChildPlan& plan) noexcept {
    for (std::size_t i = 0; i < plan.passed_count; ++i) {
        const long r = raw_syscall(SYS_dup3, plan.passed[i].fd, plan.passed[i].number, 0);
        if (r < 0) give_up(plan, SpawnStage::Descriptors, static_cast<int>(-r));
    }
}

void fill_in_pid(char* const* variables) noexcept {
    if (variables == nullptr) return;
    const auto pid = static_cast<unsigned long>(raw_syscall(SYS_getpid));
    for (; *variables != nullptr; ++variables) {
        char* digits = *variables;
        while (*digits != '=') ++digits;
        unsigned long scale = 1;
        while (pid / scale > 9) scale *= 10;
        for (; scale > 0; scale /= 10) *++digits = static_cast<char>('0' + pid / scale % 10);
        *++digits = '\0';
    }
}

// Gives up unless the call has succeeded.
void must(const ChildPlan& plan, SpawnStage stage, long result) noexcept {
    if (result < 0) give_up(plan, stage, static_cast<int>(-result));
}

void set_limits(const ChildPlan& plan) noexcept {
    if (plan.oom_score_adj[0] != '\0') {
        const long fd =
            raw_syscall(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
        must(plan, SpawnStage::OomScore, fd);
        std::size_t size = 0;
        while (plan.oom_score_adj[size] != '\0') ++size;
        must(plan, SpawnStage::OomScore, raw_syscall(SYS_write, fd, plan.oom_score_adj, size));
        raw_syscall(SYS_close, fd);
    }
    constexpr int kOneThread = 1;  // IOPRIO_WHO_PROCESS
    if (plan.set_nice)
        must(plan, SpawnStage::Nice, raw_syscall(SYS_setpriority, PRIO_PROCESS, 0, plan.nice));
    if (plan.set_io_priority)
        must(plan, SpawnStage::IoPriority,
             raw_syscall(SYS_ioprio_set, kOneThread, 0, plan.io_priority));
    for (std::size_t i = 0; i < plan.limit_count; ++i) {
        const ResourceLimit& limit = plan.limits[i];
        const long r = raw_syscall(SYS_prlimit64, 0, limit.resource, &limit.value, nullptr);
        if (r < 0) give_up(plan, SpawnStage::Limits, static_cast<int>(-r), limit.resource);
    }
}

void switch_user(const ChildPlan& plan) noexcept {
    const auto current = static_cast<uid_t>(raw_syscall(kGetuid));
    if (current == plan.uid) return;
    if (current != 0) give_up(plan, SpawnStage::NotRoot, EPERM);
    must(plan, SpawnStage::Groups, raw_syscall(kSetgroups, plan.group_count, plan.groups));
    must(plan, SpawnStage::Gid, raw_syscall(kSetgid, plan.gid));
    must(plan, SpawnStage::Uid, raw_syscall(kSetuid, plan.uid));
}

}  // namespace

const SpawnStageText& spawn_stage_text(SpawnStage stage) noexcept {
    const auto index = static_cast<std::size_t>(stage);
    return kStageTexts[index < kStageTexts.size() ? index : 0];
}

void become_program(const ChildPlan& plan) noexcept {
    if (plan.shares_table != nullptr) {
        const int code = leave_shared_table(*plan.shares_table, plan.descriptors_end);
        if (code != 0) {
            report(plan, SpawnStage::Descriptors, code);
            end_child();
        }
    }
    if (plan.new_process_group) raw_syscall(SYS_setpgid, 0, 0);
    reset_signals(plan.ignored_signals);  // they would stay ignored after execve
    place_descriptors(plan);
    if (plan.join_cgroup_fd >= 0) enter_cgroup(plan);
    // Before a limit on their number.
    place_passed(plan);
    set_limits(plan);
    if (plan.switch_user) switch_user(plan);
    if (plan.directory != nullptr)
        must(plan, SpawnStage::Directory, raw_syscall(SYS_chdir, plan.directory));
    if (plan.set_umask) raw_syscall(SYS_umask, plan.umask);
    fill_in_pid(plan.pid_variables);
    unblock_all_signals();
    must(plan, SpawnStage::Exec, raw_syscall(SYS_execve, plan.path, plan.argv, plan.envp));
    end_child();
}

}  // namespace svd::os
