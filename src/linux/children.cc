#include "linux/children.h"

#include <algorithm>
#include <array>
#include <utility>

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux/pidfd_info.h"
#include "linux/proc_info.h"

namespace svd::os {
namespace {

constexpr auto kPidfd = static_cast<idtype_t>(3);  // P_PIDFD, which older headers lack

constexpr int kStraysPerSlice = 128;
constexpr int kExitsPerSlice = 8;  // each may start a successor
constexpr std::chrono::milliseconds kStraysMayWait{10};

// siginfo carries the code or the signal itself, not a wait status.
ExitStatus status_of(const siginfo_t& info) {
    ExitStatus status;
    if (info.si_code == CLD_EXITED) {
        status.code = info.si_status & 0xff;
    } else {
        status.signal = info.si_status;
        status.core_dumped = info.si_code == CLD_DUMPED;
    }
    return status;
}

// The same of a status as of wait(2).
ExitStatus status_of(int wait_status) {
    ExitStatus status;
    if (WIFEXITED(wait_status)) {
        status.code = WEXITSTATUS(wait_status);
    } else {
        status.signal = WTERMSIG(wait_status);
        status.core_dumped = WCOREDUMP(wait_status);
    }
    return status;
}

struct Waited {
    bool exited = false;
    int code = 0;  // errno
    siginfo_t info{};
};
Waited wait_for(idtype_t type, id_t id, int flags) {
    Waited waited;
    int r = 0;
    do {
        r = waitid(type, id, &waited.info, WEXITED | WNOHANG | flags);
    } while (r != 0 && errno == EINTR);
    waited.code = r != 0 ? errno : 0;
    waited.exited = r == 0 && waited.info.si_pid != 0;
    return waited;
}

class Flagged {
  public:
    explicit Flagged(bool& flag) : flag_(flag), before_(std::exchange(flag, true)) {}
    ~Flagged() { flag_ = before_; }
    Flagged(const Flagged&) = delete;
    Flagged& operator=(const Flagged&) = delete;

  private:
    bool& flag_;
    bool before_;
};

}  // namespace

ChildTable::ChildTable(Loop& loop, StrayHandler on_stray)
    : loop_(loop), on_stray_(std::move(on_stray)) {}

ChildTable::~ChildTable() = default;

Result<std::unique_ptr<ChildTable>> ChildTable::create(Loop& loop, StrayHandler on_stray) {
    if (prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL) != 0)
        return fail_errno(errno, "become a child subreaper");
    std::unique_ptr<ChildTable> table(new ChildTable(loop, std::move(on_stray)));
    ChildTable* self = table.get();
    table->pidfds_ = UniqueFd::adopt(epoll_create1(EPOLL_CLOEXEC));
    if (!table->pidfds_) return fail_errno(errno, "create an epoll for children");
    SVD_TRY(table->exits_,
            Watch::add(loop, table->pidfds_.get(), EPOLLIN, Priority::ChildExit,
                       [self](std::uint32_t) { self->collect_exited(kExitsPerSlice); }));
    SVD_TRY(table->again_,
            Defer::create(
                loop, [self] { return self->collect_strays(kStraysPerSlice); }, Priority::Control));
    SVD_TRY(table->strays_, Timer::create(loop, [self] { self->again_.enable(); }));
    // Its own children the table hears of by their pidfds. The signal may stand for any number of
    // orphans; to look for those the kernel goes through all children, so that is done afterwards,
    // once for all that die together.
    SVD_TRY(table->sigchld_, SignalWatch::add(
                                 loop, SIGCHLD,
                                 [self](const signalfd_siginfo&) {
                                     if (!self->strays_.deadline())
                                         self->strays_.set(Loop::now().mono + kStraysMayWait);
                                 },
                                 Priority::Control));
    // Children that ended before SIGCHLD was taken raised no signal for us.
    table->again_.enable();
    return table;
}

Status ChildTable::adopt(Child child, ExitHandler on_exit) {
    const pid_t pid = child.pid;
    if (!child.pidfd) {
        child.pidfd = UniqueFd::adopt(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
        if (!child.pidfd) return fail_errno(errno, "open a pidfd for process {}", pid);
    }
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.fd = pid;
    if (epoll_ctl(pidfds_.get(), EPOLL_CTL_ADD, child.pidfd.get(), &interest) != 0)
        return fail_errno(errno, "watch process {}", pid);
    children_.insert_or_assign(pid, Entry{std::move(child), std::move(on_exit)});
    return {};
}

// Not by closing alone: a child on its way to execve may hold a copy of the pidfd.
void ChildTable::remove(Children::iterator found) {
    epoll_ctl(pidfds_.get(), EPOLL_CTL_DEL, found->second.child.pidfd.get(), nullptr);
    children_.erase(found);
}

void ChildTable::forget(pid_t pid) {
    const auto found = children_.find(pid);
    if (found != children_.end()) found->second.on_exit = nullptr;
}

std::size_t ChildTable::size() const {
    std::size_t known = 0;
    for (const auto& [pid, entry] : children_) known += entry.on_exit ? 1U : 0U;
    return known;
}

bool ChildTable::contains(pid_t pid) const {
    const auto found = children_.find(pid);
    return found != children_.end() && found->second.on_exit;
}

int ChildTable::pidfd(pid_t pid) const {
    const auto found = children_.find(pid);
    return found == children_.end() ? -1 : found->second.child.pidfd.get();
}

void ChildTable::finish(Children::iterator found) {
    if (busy_) return;
    const Child& child = found->second.child;
    const auto id = static_cast<id_t>(child.pidfd.get());
    const Waited peeked = wait_for(kPidfd, id, WNOWAIT);
    // One that was foreign has become ours when its parent is gone.
    if (child.foreign && peeked.code != 0) return finish_foreign(found);
    if (!peeked.exited && peeked.code == 0) return;

    ExitReport report;
    report.pid = child.pid;
    report.lost = !peeked.exited;
    report.status = peeked.exited ? status_of(peeked.info) : ExitStatus{.code = 255};
    if (child.report.stage() != SpawnStage::None) {
        report.exec_stage = child.report.stage();
        report.exec_errno = child.report.code();
        report.exec_resource = child.report.resource();
    }
    if (!found->second.on_exit) {
        remove(found);
        reap_stray(report.pid);
        return;
    }
    static_cast<void>(wait_for(kPidfd, id, 0));
    report_end(found, report);
}

void ChildTable::finish_foreign(Children::iterator found) {
    const Child& child = found->second.child;
    const Stranger end = look_at_stranger(child.pidfd.get(), child.pid);
    if (end.state == StrangerState::Alive) return;
    if (end.state == StrangerState::Zombie) {
        epoll_event only_the_end{};
        only_the_end.data.fd = child.pid;
        epoll_ctl(pidfds_.get(), EPOLL_CTL_MOD, child.pidfd.get(), &only_the_end);
        return;
    }
    ExitReport report;
    report.pid = child.pid;
    report.lost = end.state == StrangerState::Unknown;
    report.status = report.lost ? ExitStatus{.code = 255} : status_of(end.wait_status);
    report_end(found, report);
}

// The callback may change the table in any way.
void ChildTable::report_end(Children::iterator found, const ExitReport& report) {
    const ExitHandler on_exit = std::move(found->second.on_exit);
    remove(found);
    if (on_reaped_) on_reaped_(report.pid);
    const Flagged busy(busy_);
    if (on_exit) on_exit(report);
}

void ChildTable::reap_stray(pid_t pid) {
    StrayReport report;
    report.pid = pid;
    // Only a zombie still has these.
    report.cgroup = read_process_cgroup(pid);
    if (const auto stat = read_proc_stat(pid)) {
        report.name = stat->name;
        report.process_group = stat->process_group;
        report.session = stat->session;
    }
    const Waited waited = wait_for(P_PID, static_cast<id_t>(pid), 0);
    if (!waited.exited) return;
    report.status = status_of(waited.info);
    if (on_reaped_) on_reaped_(pid);
    const Flagged busy(busy_);
    if (on_stray_) on_stray_(report);
}

bool ChildTable::collect_exited(int budget) {
    if (busy_) return true;  // they stay ready; the loop comes back
    while (budget > 0) {
        std::array<epoll_event, 16> ready{};
        const int room = std::min(budget, static_cast<int>(ready.size()));
        const int count = epoll_wait(pidfds_.get(), ready.data(), room, 0);
        if (count <= 0) return false;
        budget -= count;
        for (int i = 0; i < count; ++i) {
            // Taken along by a callback of one before it, perhaps.
            const auto found = children_.find(ready[static_cast<std::size_t>(i)].data.fd);
            if (found != children_.end()) finish(found);
        }
    }
    return true;
}

bool ChildTable::collect_strays(int budget) {
    if (busy_) return true;
    while (budget-- > 0) {
        const Waited peeked = wait_for(P_ALL, 0, WNOWAIT);
        if (!peeked.exited) return false;
        const auto found = children_.find(peeked.info.si_pid);
        if (found != children_.end())
            finish(found);
        else
            reap_stray(peeked.info.si_pid);
    }
    return true;
}

void ChildTable::collect() {
    // Each once: programs that die at every start must not hold up the verb.
    collect_exited(static_cast<int>(children_.size()));
}

void ChildTable::on_reaped(std::function<void(pid_t)> handler) {
    on_reaped_ = std::move(handler);
}

Status send_signal(const ChildTable& table, pid_t pid, int number) {
    const int pidfd = table.pidfd(pid);
    if (pidfd < 0) return fail_errno(ESRCH, "signal process {}", pid);
    if (syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0) != 0)
        return fail_errno(errno, "signal process {}", pid);
    return {};
}

Status send_signal_to_group(const ChildTable& table, pid_t pid, int number) {
    if (table.pidfd(pid) < 0) return fail_errno(ESRCH, "signal process group {}", pid);
    if (kill(-pid, number) != 0) return fail_errno(errno, "signal process group {}", pid);
    return {};
}

}  // namespace svd::os
