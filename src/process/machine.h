// The life of one process: a total, pure function of (configuration, data, event, time).
//
// step() makes no system call and reads no clock. It answers every event in every state; what makes
// no sense is ignored or complained about in a log effect, never asserted. daemon/ carries the
// effects out and reports back with further events; a recorded list of events gives the same result
// again. The full table is tests/golden/transitions.txt.
//
// Three facts are kept apart: the leader has exited (Exited), its output has ended (no business of
// this machine), and nothing of it is left alive (Emptied). A run is over when the first and the
// last have happened, in this order; until then the state stays what it was. An emptiness that is
// seen before the exit is no event at all: it comes as Exited with `remains` false.
//
// Who moves the states:
//   STOPPED, EXITED, FATAL  StartRequested starts.
//   STARTING   waits for the answer to Spawn (pid is 0 until then), then for startsecs, and with
//              ready= for Ready; a program that is not ready in time is stopped, and that start has
//              failed.
//   RUNNING    until the leader exits, perhaps because svd kills it for its silence (Silent).
//   EXITED follows, and STARTING in the same step when
//              autorestart says so, at once; or FATAL in the same step when restart_limit has been
//              reached.
//   BACKOFF    a failed start; waits 1, 2, ... seconds, or turns into FATAL in the same step.
//   STOPPING   stopsignal was sent; SIGKILL after stopwaitsecs, and again until it is over.
//   UNKNOWN    a signal could not be delivered; the leader lives on and its exit gives EXITED.
//
// A step may hold several Publish effects (BACKOFF then FATAL; EXITED then STARTING). They form a
// chain that begins at the state before the step and ends at Step::data.state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <sys/types.h>

#include "base/clock.h"
#include "config/model.h"
#include "process/state.h"

namespace svd::process {

// How a leader ended, from waitid. Exactly one of the two is meaningful.
struct ExitStatus {
    std::optional<int> code;  // exit code, 0 to 255
    int signal = 0;           // when code is empty
    bool core_dumped = false;
    // What XML-RPC shows: the code, or -1 for a death by signal.
    [[nodiscard]] int rpc_value() const { return code.value_or(-1); }
    bool operator==(const ExitStatus&) const = default;
};
// "exit status 1", "terminated by SIGKILL", "terminated by SIGSEGV (core dumped)".
[[nodiscard]] std::string describe(const ExitStatus& status);

// Why svd or the program itself ends a run that nobody asked to end. SIGKILL follows after
// stopwaitsecs; the state stays what it is until the end has come.
enum class Doom {
    None,
    NotReady,   // it was not ready within ready_timeout
    Silent,     // its watchdog was missed
    Announced,  // it has told that it is stopping
};

// Everything the machine remembers about a process. A plain value: the snapshot of an upgrade
// writes it as it is.
struct Data {
    State state = State::Stopped;
    pid_t pid = 0;                     // leader; 0 when there is none
    std::uint64_t run = 0;             // counts spawns; events of an earlier run are stale
    std::uint64_t restarts_total = 0;  // those of them that nobody asked for
    MonoTime started_mono{};           // of this or the last run
    WallTime laststart{};              // epoch: never started
    WallTime laststop{};               // epoch: never ended
    int backoff = 0;                   // failed starts in a row
    int restarts = 0;                  // by autorestart since restart_window began
    MonoTime restart_window{};         // restart_limit counts from here
    std::optional<MonoTime> deadline;  // startsecs, ready_timeout, retry or stopwaitsecs, by state
    std::optional<ExitStatus> exit;    // of the last run; empty while it runs
    bool leader_gone = false;          // exited, but descendants are still alive
    WallTime leader_gone_at{};
    bool ended_early = false;     // decided when the leader exited
    bool restart_wanted = false;  // start was asked for while stopping
    bool killed = false;          // SIGKILL has been sent in this stop
    bool stop_wanted = false;     // UNKNOWN after a stop: its exit starts nothing
    bool ready = false;           // it has told so, in this run
    bool new_leader = false;      // pid is no child that svd has started, but one that was named
    Doom doom = Doom::None;
    std::string spawnerr;  // shown in status and by XML-RPC
    bool operator==(const Data&) const = default;
};

// --- events -------------------------------------------------------------------------------------
// `run` is Data::run of the run an event belongs to; an event of another run is stale and ignored.
// 0 stands for the current run.
struct StartRequested {};  // a person, autostart or a dependency
struct Spawned {
    pid_t pid = 0;
};  // answers effect Spawn
struct SpawnFailed {
    std::string why;
};  // answers effect Spawn; text for spawnerr
// The child was there but could not execute its program, and has exited.
struct ExecFailed {
    std::string why;
    ExitStatus status;
    bool remains = false;
    std::uint64_t run = 0;
};
// remains: descendants are alive
struct Exited {
    ExitStatus status;
    bool remains = false;
    std::uint64_t run = 0;
};
struct Emptied {
    std::uint64_t run = 0;
};  // nothing of the process is left
struct StopRequested {};
struct DeadlineReached {};  // Data::deadline has passed
struct SignalFailed {
    int signal = 0;
    std::string why;
};  // kill() failed, and not with ESRCH
struct ShutdownBegun {};  // its turn has come in the end of the daemon
struct Ready {
    std::uint64_t run = 0;
};  // the program tells that it is; means nothing without ready=
// It wants to be waited for so much longer, from now on.
struct TimeExtended {
    Duration by{};
    std::uint64_t run = 0;
};
// Another process of this run is its leader from now on.
struct LeaderNamed {
    pid_t pid = 0;
    std::uint64_t run = 0;
};
struct EndAnnounced {
    std::uint64_t run = 0;
};  // it is about to end by itself
struct Silent {
    std::uint64_t run = 0;
};  // its watchdog was missed
using Event = std::variant<StartRequested, Spawned, SpawnFailed, ExecFailed, Exited, Emptied,
                           StopRequested, DeadlineReached, SignalFailed, ShutdownBegun, Ready,
                           TimeExtended, LeaderNamed, EndAnnounced, Silent>;

// --- effects ------------------------------------------------------------------------------------
struct Spawn {};  // must be answered by Spawned or SpawnFailed
struct Signal {
    int number = 0;
    bool to_group = false;
};
struct KillAll {};      // SIGKILL to all of it (Supervisor's second signal)
struct KillRemains {};  // leader gone: end what it left behind
struct Log {
    config::LogLevel level;
    std::string text;
};
struct Publish {  // PROCESS_STATE_<to>
    State from;
    State to;
    int tries = 0;         // STARTING, BACKOFF
    pid_t pid = 0;         // RUNNING, STOPPING, EXITED, STOPPED
    bool expected = true;  // EXITED
};
using Effect = std::variant<Spawn, Signal, KillAll, KillRemains, Log, Publish>;

// Facts about the daemon that decisions depend on.
struct Context {
    bool daemon_running = true;  // false from the moment shutdown or restart begins
};

struct Step {
    Data data;
    std::vector<Effect> effects;  // in the order to carry out
};

[[nodiscard]] Step step(const config::ProcessConfig& config, const Data& data, const Event& event,
                        const Now& now, const Context& context);

// Column three of `status` and the description of getProcessInfo, in local time. `name` is only
// used where a failure left no text.
[[nodiscard]] std::string describe(const Data& data, const Now& now, std::string_view name = {});

}  // namespace svd::process
