// Restarts programs that need more than memory_restart.
//
// With a memory controller the kernel rings (os::MemoryAlarm); without one, all programs that have
// the option are looked at together every five seconds. While no running program has it, nothing
// wakes up. What is known of a process is in its Runtime, and goes with it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "daemon/memory_plan.h"
#include "linux/loop.h"
#include "linux/memory_use.h"
#include "log/daemon_log.h"
#include "process/fleet.h"

namespace svd::daemon {

class MemoryGuard;

// Of a process that has memory_restart, or had it a moment ago. A snapshot needs pace and breach.
struct MemoryWatch {
    explicit MemoryWatch(MemoryGuard& owner) : guard(owner) {}
    MemoryWatch(const MemoryWatch&) = delete;
    MemoryWatch& operator=(const MemoryWatch&) = delete;
    ~MemoryWatch();

    MemoryGuard& guard;
    process::Process* process = nullptr;
    os::MemoryAlarm alarm;           // of the present run; empty: /proc is looked at
    std::optional<MonoTime> due;     // of the next look
    std::optional<MonoTime> passed;  // when this run was seen over the limit
    RestartPace pace;
    process::MemoryBreach breach;  // the restart that is under way
};

class MemoryGuard {
  public:
    // Called from the loop when a running process is to be restarted now; false: it is not.
    using Restart = std::function<bool(process::Process&, const process::MemoryBreach&)>;
    MemoryGuard(os::Loop& loop, log::DaemonLog& log, Restart restart);

    // The process has come to RUNNING, goes on there after a pause or an upgrade, or has got other
    // limits.
    void watch(process::Process& process);
    // It is not RUNNING any more, so that nothing slows down its end.
    void rest(process::Process& process);
    // Its run has ended; answers what svd has ended it for.
    process::MemoryBreach ended(process::Process& process);
    // As an earlier svd has left it.
    void take_up(process::Process& process, int quick, const process::MemoryBreach& breach);

  private:
    friend struct MemoryWatch;
    MemoryWatch& watch_of(process::Process& process);
    void open_alarm(MemoryWatch& watch);
    void look_at(MemoryWatch& watch, std::optional<MonoTime> when);
    void on_timer();
    void look(MemoryWatch& watch);
    // Answers what the process uses when that is over its limit. Else sees to the next look.
    std::optional<std::uint64_t> measure(MemoryWatch& watch, std::uint64_t limit);
    void restart(MemoryWatch& watch, const process::MemoryBreach& breach);
    void set_mark(MemoryWatch& watch, std::optional<std::uint64_t> mark);

    os::Loop& loop_;
    log::DaemonLog& log_;
    Restart restart_;
    std::set<std::pair<MonoTime, MemoryWatch*>> due_;
    os::Timer timer_;  // made when the first look is due
};

}  // namespace svd::daemon
