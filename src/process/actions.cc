#include "process/actions.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/signal_table.h"

namespace svd::process {

using config::LogLevel;
using config::Seconds;

namespace {

// How often what a leader left behind is killed again.
constexpr Seconds kRemainsPeriod{1};
// Longer waits make no difference, and this one cannot overflow.
constexpr Seconds kLongestWait{std::chrono::hours(24 * 365 * 50)};

Duration wait_of(Seconds seconds, Seconds least = Seconds{0}) {
    return std::clamp(seconds, least, kLongestWait);
}

}  // namespace

void Actions::log(LogLevel level, std::string text) {
    effects.emplace_back(Log{level, std::move(text)});
}

void Actions::log_not_running() {
    log(LogLevel::Debug, fmt::format("attempted to kill {} with sig {} but it wasn't running",
                                     config.name, signal_name(config.stopsignal)));
}

void Actions::log_already_running() {
    log(LogLevel::Warn, fmt::format("process '{}' already running", config.name));
}

void Actions::complain(std::string_view event) {
    log(LogLevel::Debug,
        fmt::format("{}: {} in state {} ignored", config.name, event, state_name(data.state)));
}

// The pid is that of data at this moment: callers change it before or after on purpose.
void Actions::change(State to, bool expected_exit) {
    Publish publish{data.state, to};
    switch (to) {
        case State::Starting:
        case State::Backoff:
            publish.tries = data.backoff;
            break;
        case State::Exited:
            publish.expected = expected_exit;
            publish.pid = data.pid;
            break;
        case State::Running:
        case State::Stopping:
        case State::Stopped:
            publish.pid = data.pid;
            break;
        case State::Fatal:
        case State::Unknown:
            break;
    }
    data.state = to;
    effects.emplace_back(publish);
}

// --- starting -----------------------------------------------------------------------------------

void Actions::start() {
    data.run += 1;
    data.pid = 0;
    data.started_mono = now.mono;
    data.laststart = now.wall;
    data.deadline.reset();
    data.exit.reset();
    data.leader_gone = false;
    data.ended_early = false;
    data.restart_wanted = false;
    data.killed = false;
    data.stop_wanted = false;
    data.ready = false;
    data.new_leader = false;
    data.doom = Doom::None;
    data.spawnerr.clear();
    change(State::Starting);
    effects.emplace_back(Spawn{});
}

void Actions::start_again() {
    data.restarts_total += 1;
    start();
}

void Actions::start_fresh() {
    if (!context.daemon_running) return;
    data.backoff = 0;
    data.restarts = 0;
    start();
}

void Actions::spawned(pid_t pid) {
    if (pid <= 0) {
        spawn_failed(fmt::format("unknown error during fork for '{}': no pid", config.name));
        return;
    }
    data.pid = pid;
    log(LogLevel::Info, fmt::format("spawned: '{}' with pid {}", config.name, pid));
    if (waits_for_ready()) {
        if (config.readiness->timeout > Seconds{0})
            data.deadline = data.started_mono + wait_of(config.readiness->timeout);
    } else if (config.startsecs <= Seconds{0}) {
        reach_running();
    } else {
        data.deadline = data.started_mono + wait_of(config.startsecs);
    }
}

bool Actions::waits_for_ready() const {
    return config.readiness->by != config::ReadyBy::Startsecs && !data.ready;
}

void Actions::ready() {
    if (!waits_for_ready() || data.doom != Doom::None) return;
    data.ready = true;
    const MonoTime enough = data.started_mono + wait_of(config.startsecs);
    if (now.mono >= enough)
        reach_running();
    else
        data.deadline = enough;
}

void Actions::starting_deadline() {
    if (data.doom != Doom::None)
        kill_hard();
    else if (waits_for_ready())
        condemn(Doom::NotReady);
    else
        reach_running();
}

void Actions::spawn_failed(std::string why) {
    // A failure always has a text to show.
    if (why.empty()) why = fmt::format("unknown error spawning '{}'", config.name);
    log(LogLevel::Info, fmt::format("spawnerr: {}", why));
    data.spawnerr = std::move(why);
    fail_start();
    if (data.backoff > config.startretries) give_up(true);
}

void Actions::reach_running() {
    data.deadline.reset();
    data.backoff = 0;
    change(State::Running);
    if (data.ready)
        log(LogLevel::Info, fmt::format("success: {} entered RUNNING state, process has told that "
                                        "it is ready",
                                        config.name));
    else
        log(LogLevel::Info,
            fmt::format("success: {} entered RUNNING state, process has stayed up for "
                        "> than {} seconds (startsecs)",
                        config.name, config.startsecs.count()));
}

void Actions::fail_start() {
    if (data.backoff < std::numeric_limits<int>::max()) data.backoff += 1;
    data.deadline.reset();
    if (context.daemon_running) data.deadline = now.mono + wait_of(Seconds{data.backoff});
    change(State::Backoff);
}

void Actions::give_up(bool aloud) {
    data.deadline.reset();
    data.backoff = 0;
    change(State::Fatal);
    if (aloud)
        log(LogLevel::Info,
            fmt::format("gave up: {} entered FATAL state, too many start retries too quickly",
                        config.name));
}

void Actions::leave_backoff() {
    log(LogLevel::Debug,
        fmt::format("Attempted to kill {}, which is in BACKOFF state.", config.name));
    data.deadline.reset();
    data.backoff = 0;
    change(State::Stopped);
}

// --- stopping -----------------------------------------------------------------------------------

void Actions::stop() {
    log(LogLevel::Debug,
        fmt::format("killing {} (pid {}) {}with signal {}", config.name, data.pid,
                    config.stopasgroup ? "process group " : "", signal_name(config.stopsignal)));
    data.backoff = 0;
    data.killed = false;
    data.restart_wanted = false;
    data.doom = Doom::None;
    data.deadline = now.mono + wait_of(config.stopwaitsecs);
    change(State::Stopping);
    effects.emplace_back(Signal{config.stopsignal, config.stopasgroup});
}

void Actions::stop_leaderless() {
    data.backoff = 0;
    data.restart_wanted = false;
    data.doom = Doom::None;
    change(State::Stopping);
}

void Actions::condemn(Doom doom) {
    if (data.doom != Doom::None) return;
    data.doom = doom;
    data.killed = false;
    data.deadline = now.mono + wait_of(config.stopwaitsecs);
    const auto& readiness = config.readiness;
    switch (doom) {
        case Doom::None:
            return;
        case Doom::Announced:
            return log(LogLevel::Info,
                       fmt::format("'{}' ({}) is stopping by itself", config.name, data.pid));
        case Doom::NotReady:
            log(LogLevel::Warn,
                fmt::format("'{}' ({}) was not ready within {} seconds (ready_timeout), stopping "
                            "it with {}",
                            config.name, data.pid, readiness->timeout.count(),
                            signal_name(config.stopsignal)));
            effects.emplace_back(Signal{config.stopsignal, config.stopasgroup});
            return;
        case Doom::Silent:
            log(LogLevel::Warn,
                fmt::format("watchdog of '{}' ({}) missed, killing it with {}", config.name,
                            data.pid, signal_name(readiness->watchdog_signal)));
            effects.emplace_back(Signal{readiness->watchdog_signal, false});
            return;
    }
}

void Actions::extend(Duration by) {
    const bool waits = data.doom != Doom::None || data.state == State::Stopping ||
                       (data.state == State::Starting && waits_for_ready());
    if (!waits || data.killed || !data.deadline) return;
    data.deadline = std::max(*data.deadline, now.mono + std::min<Duration>(by, kLongestWait));
}

void Actions::name_leader(pid_t pid) {
    if (pid <= 0 || pid == data.pid) return;
    log(LogLevel::Info, fmt::format("'{}' goes on as pid {}, named by itself instead of {}",
                                    config.name, pid, data.pid));
    data.pid = pid;
    data.new_leader = true;
}

void Actions::kill_hard() {
    log(LogLevel::Warn, fmt::format("killing '{}' ({}) with SIGKILL", config.name, data.pid));
    log(LogLevel::Debug, fmt::format("killing {} (pid {}) {}with signal SIGKILL", config.name,
                                     data.pid, config.killasgroup ? "process group " : ""));
    data.killed = true;
    data.deadline = now.mono + wait_of(config.stopwaitsecs, Seconds{1});
    effects.emplace_back(KillAll{});
}

void Actions::log_signal_failure(const SignalFailed& failure) {
    const bool stopping = data.state == State::Stopping &&
                          (failure.signal == config.stopsignal || failure.signal == kSigkill);
    log(LogLevel::Critical,
        fmt::format("unknown problem {} {} ({}):{}", stopping ? "killing" : "sending sig",
                    config.name, data.pid, failure.why));
}

void Actions::lose_control(const SignalFailed& failure) {
    log_signal_failure(failure);
    data.stop_wanted = data.state == State::Stopping;
    data.restart_wanted = false;
    data.deadline.reset();
    change(State::Unknown);
}

// --- ending -------------------------------------------------------------------------------------

void Actions::leader_exited(const ExitStatus& status, bool remains) {
    // By the monotonic clock: a jump of the wall clock makes no start fail or succeed.
    const bool brief = now.mono - data.started_mono < wait_of(config.startsecs);
    leave(status, remains, brief || waits_for_ready() || data.doom != Doom::None);
}

void Actions::leave(const ExitStatus& status, bool remains, bool early) {
    data.exit = status;
    data.leader_gone = true;
    data.leader_gone_at = now.wall;
    data.ended_early = data.state == State::Starting && early;
    if (remains && !config.keep_descendants)
        kill_remains();
    else
        run_over();
}

void Actions::exec_failed(const ExecFailed& failure) {
    // The text stays until the run is over and keeps this apart from an exit that was too early.
    if (data.state == State::Starting || data.state == State::Running) {
        data.spawnerr = failure.why;
        log(LogLevel::Info, fmt::format("spawnerr: {}", failure.why));
    }
    leave(failure.status, failure.remains, true);
}

void Actions::kill_remains() {
    effects.emplace_back(KillRemains{});
    data.deadline = now.mono + kRemainsPeriod;
}

void Actions::run_over() {
    const ExitStatus status = data.exit.value_or(ExitStatus{});
    const bool early = std::exchange(data.ended_early, false);
    data.leader_gone = false;
    data.deadline.reset();
    data.laststop = data.leader_gone_at;
    if (data.state == State::Stopping) {
        run_over_stopped(status);
    } else if (data.state == State::Starting && early) {
        run_over_early(status);
    } else {
        run_over_exited(status);
    }
}

void Actions::run_over_stopped(const ExitStatus& status) {
    const bool again = std::exchange(data.restart_wanted, false);
    change(State::Stopped);
    data.pid = 0;
    log(expected(status) ? LogLevel::Info : LogLevel::Warn,
        fmt::format("stopped: {} ({})", config.name, describe(status)));
    if (again) start_fresh();
}

void Actions::run_over_early(const ExitStatus& status) {
    data.exit.reset();
    data.pid = 0;
    if (data.spawnerr.empty()) data.spawnerr = early_text();
    fail_start();
    log(LogLevel::Warn,
        fmt::format("exited: {} ({}; not expected)", config.name, describe(status)));
    if (data.backoff > config.startretries) give_up(true);
}

std::string Actions::early_text() const {
    switch (data.doom) {
        case Doom::NotReady:
            return fmt::format("Not ready within {} seconds (ready_timeout)",
                               config.readiness->timeout.count());
        case Doom::Silent:
            return "Watchdog missed";
        case Doom::None:
        case Doom::Announced:
            break;
    }
    return waits_for_ready() ? "Exited before it was ready (process log may have details)"
                             : "Exited too quickly (process log may have details)";
}

void Actions::run_over_exited(const ExitStatus& status) {
    data.backoff = 0;
    // startsecs had passed, only its deadline was not looked at yet.
    if (data.state == State::Starting) change(State::Running);
    const bool silent = data.doom == Doom::Silent;
    const bool as_expected = !silent && expected(status);
    if (!as_expected && data.spawnerr.empty())
        data.spawnerr =
            silent ? "Watchdog missed" : fmt::format("Bad exit code {}", status.rpc_value());
    change(State::Exited, as_expected);
    data.pid = 0;
    log(as_expected ? LogLevel::Info : LogLevel::Warn,
        fmt::format("exited: {} ({}; {})", config.name, describe(status),
                    as_expected ? "expected" : "not expected"));
    maybe_restart(as_expected);
}

void Actions::maybe_restart(bool as_expected) {
    const bool stopped = std::exchange(data.stop_wanted, false);
    const bool wanted = config.autorestart == config::AutoRestart::Always ||
                        (config.autorestart == config::AutoRestart::Unexpected && !as_expected);
    if (!wanted || stopped || !context.daemon_running) return;
    if (may_restart())
        start_again();
    else
        give_up_restarting();
}

// The window begins with a restart and ends by the clock; the next restart begins a new one.
bool Actions::may_restart() {
    const auto& limit = config.restart_limit;
    if (!limit) return true;
    if (data.restarts == 0 || now.mono - data.restart_window >= wait_of(limit->window)) {
        data.restart_window = now.mono;
        data.restarts = 0;
    }
    if (data.restarts >= limit->count) return false;
    data.restarts += 1;
    return true;
}

void Actions::give_up_restarting() {
    data.spawnerr = fmt::format(
        "Restarted {} times within {} seconds (restart_limit), process log may have "
        "details",
        config.restart_limit->count, config.restart_limit->window.count());
    data.restarts = 0;
    change(State::Fatal);
    log(LogLevel::Warn, fmt::format("gave up: {} entered FATAL state, restarted {} times within {} "
                                    "seconds (restart_limit)",
                                    config.name, config.restart_limit->count,
                                    config.restart_limit->window.count()));
}

bool Actions::expected(const ExitStatus& status) const {
    return std::ranges::find(*config.exitcodes, status.rpc_value()) != config.exitcodes->end();
}

}  // namespace svd::process
