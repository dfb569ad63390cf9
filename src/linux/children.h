// The only place that waits for children.
//
// A child is reported once, after it has been reaped; the callback may adopt, forget or spawn. The
// daemon is made a child subreaper, so descendants that lost their parent become its children;
// those are reaped too and reported as strays.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include <sys/types.h>

#include "base/error.h"
#include "linux/loop.h"
#include "linux/spawn.h"

namespace svd::os {

// How a process ended. Built from siginfo, which is not a wait status.
struct ExitStatus {
    std::optional<int> code;  // exit code 0 to 255; empty: a signal
    int signal = 0;
    bool core_dumped = false;
    bool operator==(const ExitStatus&) const = default;
};

struct ExitReport {
    pid_t pid = 0;
    ExitStatus status;
    // Set when the program never ran; status is then code 127.
    std::optional<SpawnStage> exec_stage;
    int exec_errno = 0;
    int exec_resource = -1;  // RLIMIT_ number, when the stage is Limits
    // Somebody else reaped it; status is unknown (code 255).
    bool lost = false;
};

// A reaped process that was never adopted: an orphan of some child.
struct StrayReport {
    pid_t pid = 0;
    ExitStatus status;
    std::string name;    // comm, at most 15 bytes; empty when unknown
    std::string cgroup;  // v2 path as /proc shows it; empty when unknown
    pid_t process_group = 0;
    pid_t session = 0;
};

class ChildTable {
  public:
    using ExitHandler = std::function<void(const ExitReport&)>;
    using StrayHandler = std::function<void(const StrayReport&)>;

    // Takes SIGCHLD and becomes a child subreaper. The Loop must outlive the table.
    [[nodiscard]] static Result<std::unique_ptr<ChildTable>> create(Loop& loop,
                                                                    StrayHandler on_stray);
    ~ChildTable();
    ChildTable(const ChildTable&) = delete;
    ChildTable& operator=(const ChildTable&) = delete;

    // Takes the child over. One that is foreign is somebody else's to reap. A Child without a pidfd
    // (taken up from a snapshot) gets one.
    // On error nothing is reported and the child, when it exits, is a stray.
    [[nodiscard]] Status adopt(Child child, ExitHandler on_exit);
    // No more reports for this child; it is still reaped, as a stray.
    void forget(pid_t pid);
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool contains(pid_t pid) const;
    // Borrowed; -1 when unknown.
    [[nodiscard]] int pidfd(pid_t pid) const;

    // Reports every child (strays come later) that has exited by now. Call it before a verb looks
    // at states, so that a dead child is never seen as running. Callbacks run inside; called from
    // one, it does nothing.
    void collect();

    // Called after every reaping, of strays too.
    void on_reaped(std::function<void(pid_t)> handler);

  private:
    struct Entry {
        Child child;
        ExitHandler on_exit;  // empty: forgotten
    };
    using Children = std::unordered_map<pid_t, Entry>;
    ChildTable(Loop& loop, StrayHandler on_stray);
    void finish(Children::iterator found);
    void finish_foreign(Children::iterator found);
    void report_end(Children::iterator found, const ExitReport& report);
    void remove(Children::iterator found);
    // True when there may be more.
    bool collect_exited(int budget);
    bool collect_strays(int budget);
    void reap_stray(pid_t pid);

    Loop& loop_;
    StrayHandler on_stray_;
    std::function<void(pid_t)> on_reaped_;
    bool busy_ = false;  // inside callbacks
    Children children_;
    // One epoll for all pidfds, itself a source of the loop: a source for each would cost 600
    // bytes.
    UniqueFd pidfds_;
    Watch exits_;
    Timer strays_;
    Defer again_;
    SignalWatch sigchld_;
};

// Signals to a child by its pidfd, so never to a stranger. ESRCH is in Error::code.
[[nodiscard]] Status send_signal(const ChildTable& table, pid_t pid, int number);
// To the whole process group of an adopted, unreaped child.
[[nodiscard]] Status send_signal_to_group(const ChildTable& table, pid_t pid, int number);

}  // namespace svd::os
