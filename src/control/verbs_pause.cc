// pause and resume: everything of a program stands still, and goes on.
//
// No state of the machine: outwardly a paused program is RUNNING. Its clocks go on, so a program
// that is paused while it starts counts as started after startsecs.
#include "control/pending.h"
#include "control/supervisor.h"

namespace svd::control {

using process::Process;
using process::State;

namespace {
bool can_be_paused(const process::Data& data) {
    return (data.state == State::Running || data.state == State::Starting) && data.pid != 0 &&
           !data.leader_gone;
}
}  // namespace

Outcome<bool> Supervisor::begin_pause(Action action, Process& process, std::string_view name) {
    if (!can_be_paused(process.data)) return refuse(FaultCode::NotRunning, std::string(name));
    const bool pause = action == Action::Pause;
    const PauseState& state = host_.pause_state(process);
    if (state.paused == pause && !state.failed) return !state.changing;
    if (auto ordered = host_.order_pause(process, pause); !ordered)
        return refuse(FaultCode::Failed, std::move(ordered.error().text));
    return false;
}

std::optional<Outcome<void>> Supervisor::check_pause(Action action, const Process& process,
                                                     std::string_view name) const {
    if (!can_be_paused(process.data))
        return Outcome<void>(refuse(FaultCode::NotRunning, std::string(name)));
    const PauseState& state = host_.pause_state(process);
    if (state.changing) return std::nullopt;
    if (state.paused == (action == Action::Pause) && !state.failed) return Outcome<void>{};
    return Outcome<void>(refuse(FaultCode::Failed, state.trouble));
}

bool Supervisor::concerns(Action action, const Process& process) const {
    switch (action) {
        case Action::Start:
            return !process::is_running(process.data.state);
        case Action::Stop:
            return can_be_stopped(process.data);
        case Action::Pause:
            return can_be_paused(process.data);
        case Action::Resume:
            return can_be_paused(process.data) && host_.pause_state(process).paused;
    }
    return false;
}

void Supervisor::pause(std::string_view name, Done<MemberResults> done) {
    act_on_one(Action::Pause, name, Wait::Yes, std::move(done));
}

void Supervisor::pause_all(Done<MemberResults> done) {
    act_on_many(Action::Pause, all_by_priority(), Wait::Yes, std::move(done));
}

void Supervisor::resume(std::string_view name, Done<MemberResults> done) {
    act_on_one(Action::Resume, name, Wait::Yes, std::move(done));
}

void Supervisor::resume_all(Done<MemberResults> done) {
    act_on_many(Action::Resume, all_by_priority(), Wait::Yes, std::move(done));
}

}  // namespace svd::control
