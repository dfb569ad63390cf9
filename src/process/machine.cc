// Which action answers which event, state by state. Every list is complete: a new event does not
// compile until each state has an answer.
#include "process/machine.h"

#include <utility>

#include "base/overloaded.h"
#include "process/actions.h"

namespace svd::process {

namespace {

// STOPPED, EXITED and FATAL: nothing is there and nothing is due.
void in_rest(Actions& a, const Event& event) {
    std::visit(Overloaded{
                   [&](const StartRequested&) { a.start_fresh(); },
                   [&](const Spawned&) { a.complain("Spawned"); },
                   [&](const SpawnFailed&) { a.complain("SpawnFailed"); },
                   [&](const ExecFailed&) { a.complain("ExecFailed"); },
                   [&](const Exited&) { a.complain("Exited"); },
                   [&](const Emptied&) {},
                   [&](const StopRequested&) { a.log_not_running(); },
                   [&](const DeadlineReached&) {},
                   [&](const SignalFailed&) {},
                   [&](const ShutdownBegun&) {},
                   [&](const Ready&) {},
                   [&](const TimeExtended&) {},
                   [&](const LeaderNamed&) {},
                   [&](const EndAnnounced&) {},
                   [&](const Silent&) {},
               },
               event);
}

// STARTING before Spawn is answered. The answer comes before anything else that the owner of the
// process does, so every other event is a mistake of his, or stale.
void in_spawning(Actions& a, const Event& event) {
    std::visit(Overloaded{
                   [&](const StartRequested&) { a.log_already_running(); },
                   [&](const Spawned& e) { a.spawned(e.pid); },
                   [&](const SpawnFailed& e) { a.spawn_failed(e.why); },
                   [&](const ExecFailed&) { a.complain("ExecFailed"); },
                   [&](const Exited&) { a.complain("Exited"); },
                   [&](const Emptied&) {},
                   [&](const StopRequested&) { a.log_not_running(); },
                   [&](const DeadlineReached&) {},
                   [&](const SignalFailed&) {},
                   [&](const ShutdownBegun&) { a.complain("ShutdownBegun"); },
                   [&](const Ready&) {},
                   [&](const TimeExtended&) {},
                   [&](const LeaderNamed&) {},
                   [&](const EndAnnounced&) {},
                   [&](const Silent&) {},
               },
               event);
}

void in_starting(Actions& a, const Event& event) {
    std::visit(Overloaded{
                   [&](const StartRequested&) { a.log_already_running(); },
                   [&](const Spawned&) { a.complain("Spawned"); },
                   [&](const SpawnFailed&) { a.complain("SpawnFailed"); },
                   [&](const ExecFailed& e) { a.exec_failed(e); },
                   [&](const Exited& e) { a.leader_exited(e.status, e.remains); },
                   [&](const Emptied&) {},
                   [&](const StopRequested&) { a.stop(); },
                   [&](const DeadlineReached&) { a.starting_deadline(); },
                   [&](const SignalFailed& e) { a.lose_control(e); },
                   [&](const ShutdownBegun&) { a.stop(); },
                   [&](const Ready&) { a.ready(); },
                   [&](const TimeExtended& e) { a.extend(e.by); },
                   [&](const LeaderNamed& e) { a.name_leader(e.pid); },
                   [&](const EndAnnounced&) { a.condemn(Doom::Announced); },
                   [&](const Silent&) { a.condemn(Doom::Silent); },
               },
               event);
}

void in_running(Actions& a, const Event& event) {
    std::visit(Overloaded{
                   [&](const StartRequested&) { a.log_already_running(); },
                   [&](const Spawned&) { a.complain("Spawned"); },
                   [&](const SpawnFailed&) { a.complain("SpawnFailed"); },
                   [&](const ExecFailed& e) { a.exec_failed(e); },
                   [&](const Exited& e) { a.leader_exited(e.status, e.remains); },
                   [&](const Emptied&) {},
                   [&](const StopRequested&) { a.stop(); },
                   [&](const DeadlineReached&) { a.kill_hard(); },
                   [&](const SignalFailed& e) { a.lose_control(e); },
                   [&](const ShutdownBegun&) { a.stop(); },
                   [&](const Ready&) {},
                   [&](const TimeExtended& e) { a.extend(e.by); },
                   [&](const LeaderNamed& e) { a.name_leader(e.pid); },
                   [&](const EndAnnounced&) { a.condemn(Doom::Announced); },
                   [&](const Silent&) { a.condemn(Doom::Silent); },
               },
               event);
}

void in_backoff(Actions& a, const Event& event) {
    std::visit(Overloaded{
                   [&](const StartRequested&) { a.start_fresh(); },
                   [&](const Spawned&) { a.complain("Spawned"); },
                   [&](const SpawnFailed&) { a.complain("SpawnFailed"); },
                   [&](const ExecFailed&) { a.complain("ExecFailed"); },
                   [&](const Exited&) { a.complain("Exited"); },
                   [&](const Emptied&) {},
                   [&](const StopRequested&) { a.leave_backoff(); },
                   [&](const DeadlineReached&) {
                       a.data.deadline.reset();
                       if (a.context.daemon_running) a.start_again();
                   },
                   [&](const SignalFailed&) {},
                   [&](const ShutdownBegun&) { a.give_up(false); },
                   [&](const Ready&) {},
                   [&](const TimeExtended&) {},
                   [&](const LeaderNamed&) {},
                   [&](const EndAnnounced&) {},
                   [&](const Silent&) {},
               },
               event);
}

void in_stopping(Actions& a, const Event& event) {
    std::visit(Overloaded{
                   [&](const StartRequested&) { a.data.restart_wanted = a.context.daemon_running; },
                   [&](const Spawned&) { a.complain("Spawned"); },
                   [&](const SpawnFailed&) { a.complain("SpawnFailed"); },
                   [&](const ExecFailed& e) { a.exec_failed(e); },
                   [&](const Exited& e) { a.leader_exited(e.status, e.remains); },
                   [&](const Emptied&) {},
                   [&](const StopRequested&) { a.data.restart_wanted = false; },
                   [&](const DeadlineReached&) { a.kill_hard(); },
                   [&](const SignalFailed& e) { a.lose_control(e); },
                   [&](const ShutdownBegun&) { a.data.restart_wanted = false; },
                   [&](const Ready&) {},
                   [&](const TimeExtended& e) { a.extend(e.by); },
                   [&](const LeaderNamed& e) { a.name_leader(e.pid); },
                   [&](const EndAnnounced&) {},
                   [&](const Silent&) {},
               },
               event);
}

void in_unknown(Actions& a, const Event& event) {
    std::visit(Overloaded{
                   [&](const StartRequested&) { a.log_already_running(); },
                   [&](const Spawned&) { a.complain("Spawned"); },
                   [&](const SpawnFailed&) { a.complain("SpawnFailed"); },
                   [&](const ExecFailed& e) { a.exec_failed(e); },
                   [&](const Exited& e) { a.leader_exited(e.status, e.remains); },
                   [&](const Emptied&) {},
                   [&](const StopRequested&) { a.data.stop_wanted = true; },
                   [&](const DeadlineReached&) { a.data.deadline.reset(); },
                   [&](const SignalFailed& e) { a.log_signal_failure(e); },
                   [&](const ShutdownBegun&) {},
                   [&](const Ready&) {},
                   [&](const TimeExtended&) {},
                   [&](const LeaderNamed&) {},
                   [&](const EndAnnounced&) {},
                   [&](const Silent&) {},
               },
               event);
}

// STARTING, RUNNING, STOPPING or UNKNOWN when the leader has exited and what it left is being
// killed. The pid is only a number to show from here on: no signal goes to it.
void in_remains(Actions& a, const Event& event) {
    const State state = a.data.state;
    const auto stop = [&] {
        a.data.restart_wanted = false;
        if (state == State::Unknown) a.data.stop_wanted = true;
        if (state == State::Starting || state == State::Running) a.stop_leaderless();
    };
    std::visit(Overloaded{
                   [&](const StartRequested&) {
                       if (state == State::Stopping)
                           a.data.restart_wanted = a.context.daemon_running;
                       else
                           a.log_already_running();
                   },
                   [&](const Spawned&) { a.complain("Spawned"); },
                   [&](const SpawnFailed&) { a.complain("SpawnFailed"); },
                   [&](const ExecFailed&) { a.complain("ExecFailed"); },
                   [&](const Exited&) { a.complain("Exited"); },
                   [&](const Emptied&) { a.run_over(); },
                   [&](const StopRequested&) { stop(); },
                   [&](const DeadlineReached&) { a.kill_remains(); },
                   [&](const SignalFailed& e) { a.log_signal_failure(e); },
                   [&](const ShutdownBegun&) { stop(); },
                   [&](const Ready&) {},
                   [&](const TimeExtended&) {},
                   [&](const LeaderNamed&) {},
                   [&](const EndAnnounced&) {},
                   [&](const Silent&) {},
               },
               event);
}

// Timers and children may outlive what they were meant for.
bool is_stale(const Data& data, const Event& event, const Now& now) {
    if (std::holds_alternative<DeadlineReached>(event))
        return !data.deadline || now.mono < *data.deadline;
    return std::visit(
        [&](const auto& e) {
            if constexpr (requires { e.run; }) return e.run != 0 && e.run != data.run;
            return false;
        },
        event);
}

void dispatch(Actions& a, const Event& event) {
    if (a.data.leader_gone) return in_remains(a, event);
    switch (a.data.state) {
        case State::Stopped:
        case State::Exited:
        case State::Fatal:
            return in_rest(a, event);
        case State::Starting:
            return a.data.pid == 0 ? in_spawning(a, event) : in_starting(a, event);
        case State::Running:
            return in_running(a, event);
        case State::Backoff:
            return in_backoff(a, event);
        case State::Stopping:
            return in_stopping(a, event);
        case State::Unknown:
            return in_unknown(a, event);
    }
}

}  // namespace

Step step(const config::ProcessConfig& config, const Data& data, const Event& event, const Now& now,
          const Context& context) {
    if (is_stale(data, event, now)) return {data, {}};
    Actions actions{config, now, context, data, {}};
    dispatch(actions, event);
    return {std::move(actions.data), std::move(actions.effects)};
}

}  // namespace svd::process
