// How the runs of a process ended: a bounded history of plain values, and counts by kind.
//
// A Death is recorded once per run, when the leader has exited or when there was none to begin
// with. Pure; the facts come from daemon/, the words are in why.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/clock.h"
#include "base/usage.h"
#include "process/machine.h"

namespace svd::process {

// Who wanted the end.
enum class Asked { No, Request, Shutdown, Memory };

enum class EndKind {
    Exited,      // by itself, with one of exitcodes, after startsecs
    Failed,      // by itself, with another code or too early
    Signal,      // by a signal that svd was not asked to send
    OomKill,     // the kernel had no memory for it
    Stopped,     // when it was asked to
    Killed,      // by svd, after it had not ended within stopwaitsecs
    NotStarted,  // the program never ran
    Unseen,      // somebody else reaped it
    Memory,      // by svd, which restarts it for memory_restart
    NotReady,    // by svd: it was not ready within ready_timeout
    Watchdog,    // by svd: its watchdog was missed
};
inline constexpr std::size_t kEndKinds = 11;
// "exited", "failed", "signal", "oom", "stopped", "killed", "not started", "unseen",
// "memory", "not ready", "watchdog".
[[nodiscard]] std::string_view end_kind_name(EndKind kind);

// What the cgroup tells of the memory. Without a memory controller `known` is false and an OOM kill
// cannot be told from any other SIGKILL.
struct MemoryFacts {
    bool known = false;
    std::uint64_t oom_kills = 0;         // during this run, in all of it
    std::optional<std::uint64_t> limit;  // memory.max, its own or the nearest above
    bool limit_from_above = false;
    std::optional<std::uint64_t> peak;  // memory.peak, when it was reached in this run
    bool operator==(const MemoryFacts&) const = default;
};

// Why svd restarts a process by itself. Bytes; 0: it does not.
struct MemoryBreach {
    std::uint64_t used = 0;
    std::uint64_t limit = 0;  // memory_restart at that time
    explicit operator bool() const { return limit != 0; }
    bool operator==(const MemoryBreach&) const = default;
};
// "memory 612M over memory_restart=600M".
[[nodiscard]] std::string describe(const MemoryBreach& breach);

struct Death {
    EndKind kind = EndKind::Exited;
    WallTime at{};
    pid_t pid = 0;          // 0: there was no process
    Duration ran{};         // from its start to the leader's end
    ExitStatus status;      // of the leader; meaningless when nothing ran or it was not seen
    bool expected = false;  // code is one of exitcodes and startsecs had passed
    bool early = false;     // before startsecs had passed, or it was ready
    Asked asked = Asked::No;
    int signal_on_request = 0;      // the last one sent by a signal verb in this run; 0: none
    std::string failure;            // why the program never ran
    std::string stage;              // of that failure: "lookup", "fork", "exec", "directory", ...
    int error = 0;                  // errno of that failure, 0 when `failure` says it all
    std::uint32_t left_behind = 0;  // processes that were alive after the leader
    bool left_killed = false;       // and were ended by svd
    MemoryFacts memory;
    MemoryBreach breach;
    Doom doom = Doom::None;  // why it had to end, when nobody asked for it
    std::optional<std::uint64_t> cpu_usec;
    std::uint32_t nth_today = 0;  // so many ends of this kind on its day, this one included
    bool operator==(const Death&) const = default;
};

// Last output of the run that ended last; at most log::kTailBytes each.
struct LastOutput {
    std::string out;
    std::string err;
    bool operator==(const LastOutput&) const = default;
};

struct EndCount {
    std::uint64_t total = 0;  // since the process was added
    std::uint32_t today = 0;
    bool operator==(const EndCount&) const = default;
};

// All that is remembered of the ends of one process; a snapshot writes it as it is.
struct DeathLog {
    static constexpr std::size_t kKept = 10;
    std::vector<Death> deaths;  // oldest first, at most kKept
    std::array<EndCount, kEndKinds> counts{};
    int day = 0;  // that `today` is about, see local_day()
    LastOutput output;
    Counters at_end;  // of the cgroup at the last end: where the next run begins to count
    bool operator==(const DeathLog&) const = default;

    // Numbers the death within its day, which is the day of death.at in local time.
    void add(Death death, LastOutput last_output);
    [[nodiscard]] const Death* last() const { return deaths.empty() ? nullptr : &deaths.back(); }
    [[nodiscard]] EndCount count(EndKind kind) const {
        return counts.at(static_cast<std::size_t>(kind));
    }
};

// What is known when a leader has been reaped, before the machine hears of it.
struct End {
    ExitStatus status;
    bool unseen = false;
    int signal_on_request = 0;
    std::string exec_failure;  // with stage and error: the program never ran
    std::string stage;
    int error = 0;
    std::uint32_t left_behind = 0;
    MemoryFacts memory;
    MemoryBreach breach;  // this end was to make room
    std::optional<std::uint64_t> cpu_usec;
};
// `data` as it was until now.
[[nodiscard]] Death make_death(const config::ProcessConfig& config, const Data& data,
                               DaemonState daemon, End end, const Now& now);
// A start without a process.
[[nodiscard]] Death make_start_failure(std::string failure, std::string stage, const Now& now);

}  // namespace svd::process
