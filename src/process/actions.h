// What the states of the machine do: each action changes the data, and adds the effects, of one
// edge of the graph. Internal to process/; machine.cc decides which action answers which event.
#pragma once

#include <string>
#include <vector>

#include "process/machine.h"

namespace svd::process {

struct Actions {
    const config::ProcessConfig& config;
    const Now& now;
    const Context& context;
    Data data;
    std::vector<Effect> effects;

    // Any state without a child -> STARTING; the answer to Spawn comes next.
    void start();
    // A start that nobody asked for: after an end, or after a start that failed.
    void start_again();
    // A start by request: counts failures from zero. Nothing while the daemon stops.
    void start_fresh();
    // The answers to Spawn.
    void spawned(pid_t pid);
    void spawn_failed(std::string why);
    // STARTING: the deadline of whatever it waits for.
    void starting_deadline();
    // STARTING: the program has told that it is ready.
    void ready();
    // STARTING -> RUNNING.
    void reach_running();
    // STARTING -> BACKOFF, and FATAL when there are no retries left.
    void fail_start();
    // BACKOFF -> FATAL. `aloud`: with the log line.
    void give_up(bool aloud);
    // BACKOFF -> STOPPED by a stop request.
    void leave_backoff();

    // STARTING or RUNNING -> STOPPING with the stop signal.
    void stop();
    // STARTING or RUNNING -> STOPPING while the leader is gone already and the rest is being
    // killed.
    void stop_leaderless();
    // STARTING or RUNNING: this run is to end; see Doom. Once in a run.
    void condemn(Doom doom);
    // What it waits for may take longer.
    void extend(Duration by);
    void name_leader(pid_t pid);
    // Still there after stopwaitsecs.
    void kill_hard();
    // STARTING, RUNNING or STOPPING -> UNKNOWN.
    void lose_control(const SignalFailed& failure);
    void log_signal_failure(const SignalFailed& failure);

    // The leader has exited: ends the run, or kills what is left of it first.
    void leader_exited(const ExitStatus& status, bool remains);
    void exec_failed(const ExecFailed& failure);
    void kill_remains();
    // Nothing is left: STARTING, RUNNING, STOPPING or UNKNOWN -> what its end makes of it.
    void run_over();

    void log(config::LogLevel level, std::string text);
    void log_not_running();
    void log_already_running();
    // An answer that nobody asked for.
    void complain(std::string_view event);

  private:
    void change(State to, bool expected = true);
    void leave(const ExitStatus& status, bool remains, bool early);
    void run_over_stopped(const ExitStatus& status);
    void run_over_early(const ExitStatus& status);
    void run_over_exited(const ExitStatus& status);
    [[nodiscard]] std::string early_text() const;
    void maybe_restart(bool expected);
    // RUNNING takes more than startsecs.
    [[nodiscard]] bool waits_for_ready() const;
    // Counts one restart; false when restart_limit allows no more.
    [[nodiscard]] bool may_restart();
    // EXITED -> FATAL.
    void give_up_restarting();
    [[nodiscard]] bool expected(const ExitStatus& status) const;
};

}  // namespace svd::process
