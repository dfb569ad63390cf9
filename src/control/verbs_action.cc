// start, stop, signal and stdin: the verbs that act on processes, and their waiting.
#include <algorithm>
#include <chrono>

#include "base/signal_table.h"
#include "control/pending.h"
#include "control/supervisor.h"

namespace svd::control {

using process::Process;
using process::State;

namespace {
// Starting forks, which takes about half a millisecond each: a long list is started in slices so
// that other clients and children are served in between.
constexpr std::size_t kStartsPerTurn = 32;
}  // namespace

std::vector<Process*> Supervisor::all_by_priority() const {
    std::vector<Process*> members;
    for (const auto* group : fleet_.groups_by_priority())
        for (auto* process : group->by_priority()) members.push_back(process);
    return members;
}

Outcome<bool> Supervisor::begin(Action action, Process& process, std::string_view name) {
    if (action == Action::Pause || action == Action::Resume)
        return begin_pause(action, process, name);
    const State state = process.data.state;
    if (action == Action::Stop) {
        if (!can_be_stopped(process.data)) return refuse(FaultCode::NotRunning, std::string(name));
        fleet_.feed(process, process::StopRequested{}, host_.now());
        if (process.data.state == State::Unknown)
            return refuse(FaultCode::Failed, process.data.spawnerr);
    } else {
        if (auto fault = host_.check_command(process)) return std::unexpected(std::move(*fault));
        if (process::is_running(state)) return refuse(FaultCode::AlreadyStarted, std::string(name));
        if (state == State::Unknown)
            return refuse(FaultCode::Failed, std::string(name) + " is in an unknown process state");
        fleet_.feed(process, process::StartRequested{}, host_.now());
    }
    host_.collect_children();
    if (auto outcome = check(action, process, name)) {
        if (!*outcome) return std::unexpected(std::move(*outcome).error());
        return true;
    }
    return false;
}

std::optional<Outcome<void>> Supervisor::check(Action action, const Process& process,
                                               std::string_view name) const {
    if (action == Action::Pause || action == Action::Resume)
        return check_pause(action, process, name);
    const State state = process.data.state;
    if (action == Action::Stop) {
        if (process::is_stopped(state)) return Outcome<void>{};
        return std::nullopt;
    }
    if (state == State::Running) return Outcome<void>{};
    if (state == State::Stopping && process.data.restart_wanted) return std::nullopt;
    if (!process.data.spawnerr.empty())
        return Outcome<void>(refuse(FaultCode::SpawnError, std::string(name)));
    if (state != State::Starting)
        return Outcome<void>(refuse(FaultCode::AbnormalTermination, std::string(name)));
    return std::nullopt;
}

void Supervisor::report_waiting(const Process& process) {
    if (process.data.state != State::Stopping) return;
    host_.log(config::LogLevel::Info, "waiting for " + process.name() + " to stop");
}

void Supervisor::advance(Pending& pending) {
    std::size_t budget = pending.action == Action::Start ? kStartsPerTurn : pending.members.size();
    std::erase_if(pending.members, [&](Member& member) {
        if (!member.begun) {
            if (budget == 0) return false;
            --budget;
            member.begun = true;
            const auto begun = begin(pending.action, *member.process, member.name);
            if (!begun) {
                pending.add_result(member, std::unexpected(begun.error()));
                return true;
            }
            if (*begun || pending.wait == Wait::No) {
                pending.add_result(member, {});
                return true;
            }
            if (pending.action == Action::Stop) report_waiting(*member.process);
            return false;
        }
        const auto outcome = check(pending.action, *member.process, member.name);
        if (!outcome) return false;
        pending.add_result(member, *outcome);
        return true;
    });
    if (std::ranges::any_of(pending.members, [](const Member& m) { return !m.begun; }))
        host_.settle_soon();
}

void Supervisor::settle() {
    // All are out of the list before the first answers: an answer may lead straight to the next
    // verb, which must find nothing half done here.
    std::list<Pending> complete;
    for (auto it = pending_.begin(); it != pending_.end();) {
        const auto pending = it++;
        advance(*pending);
        if (pending->members.empty()) complete.splice(complete.end(), pending_, pending);
    }
    for (auto& pending : complete) pending.finish();
    advance_surveys();
    advance_update();
}

void Supervisor::submit(Pending pending) {
    host_.collect_children();
    advance(pending);
    if (pending.members.empty()) {
        pending.finish();
        return;
    }
    if (!next_report_) next_report_ = host_.now().mono + kReportEvery;
    pending_.push_back(std::move(pending));
}

std::optional<MonoTime> Supervisor::next_deadline() const {
    return next_report_;
}

void Supervisor::on_time(const Now& now) {
    if (!next_report_ || now.mono < *next_report_) return;
    for (const auto& pending : pending_)
        if (pending.action == Action::Stop)
            for (const auto& member : pending.members) report_waiting(*member.process);
    next_report_.reset();
    if (!pending_.empty()) next_report_ = now.mono + kReportEvery;
}

void Supervisor::forget_group(const process::Group& group) {
    if (observer_ != nullptr) observer_->leaving(group);
    // Nobody is answered before the group is gone: an answer may lead to a verb that starts it
    // again, or removes it.
    for (auto& pending : pending_)
        std::erase_if(pending.members, [&](const Member& member) {
            if (member.process->group != &group) return false;
            auto outcome =
                member.begun ? check(pending.action, *member.process, member.name) : std::nullopt;
            if (!outcome)
                outcome = pending.action == Action::Stop
                              ? Outcome<void>{}
                              : Outcome<void>(refuse(FaultCode::AbnormalTermination, member.name));
            pending.add_result(member, *outcome);
            return true;
        });
    for (auto& survey : surveys_)
        std::erase_if(survey.left, [&](const auto* process) { return process->group == &group; });
    host_.settle_soon();
}

void Supervisor::act_on_one(Action action, std::string_view name, Wait wait,
                            Done<MemberResults> done) {
    const auto spec = split_namespec(name);
    if (!spec.process) {
        auto* group = fleet_.find_group(spec.group);
        if (!group) return done(refuse(FaultCode::BadName, std::string(name)));
        return act_on_many(action, group->by_priority(), wait, std::move(done));
    }
    auto* process = fleet_.find(spec.group, *spec.process);
    if (!process) return done(refuse(FaultCode::BadName, std::string(name)));
    Pending pending;
    pending.action = action;
    pending.wait = wait;
    pending.single = true;
    pending.members.push_back(Member{process, std::string(name)});
    pending.done = std::move(done);
    submit(std::move(pending));
}

void Supervisor::act_on_many(Action action, const std::vector<Process*>& members, Wait wait,
                             Done<MemberResults> done) {
    host_.collect_children();
    Pending pending;
    pending.action = action;
    pending.wait = wait;
    pending.done = std::move(done);
    for (auto* process : members)
        if (concerns(action, *process))
            pending.members.push_back(Member{process, process->namespec()});
    submit(std::move(pending));
}

void Supervisor::start(std::string_view name, Wait wait, Done<MemberResults> done) {
    act_on_one(Action::Start, name, wait, std::move(done));
}

void Supervisor::stop(std::string_view name, Wait wait, Done<MemberResults> done) {
    act_on_one(Action::Stop, name, wait, std::move(done));
}

void Supervisor::start_group(std::string_view name, Wait wait, Done<MemberResults> done) {
    auto* group = fleet_.find_group(name);
    if (!group) return done(refuse(FaultCode::BadName, std::string(name)));
    act_on_many(Action::Start, group->by_priority(), wait, std::move(done));
}

void Supervisor::stop_group(std::string_view name, Wait wait, Done<MemberResults> done) {
    auto* group = fleet_.find_group(name);
    if (!group) return done(refuse(FaultCode::BadName, std::string(name)));
    act_on_many(Action::Stop, group->by_priority(), wait, std::move(done));
}

void Supervisor::start_all(Wait wait, Done<MemberResults> done) {
    act_on_many(Action::Start, all_by_priority(), wait, std::move(done));
}

void Supervisor::stop_all(Wait wait, Done<MemberResults> done) {
    act_on_many(Action::Stop, all_by_priority(), wait, std::move(done));
}

Outcome<void> Supervisor::signal_one(Process& process, std::string_view name,
                                     std::string_view signal) {
    const auto number = find_signal(signal);
    if (!number) return refuse(FaultCode::BadSignal, std::string(signal));
    host_.collect_children();
    if (!process::is_signallable(process.data.state))
        return refuse(FaultCode::NotRunning, std::string(name));
    if (auto why = host_.send_signal(process, *number))
        return refuse(FaultCode::Failed, std::move(*why));
    return {};
}

MemberResults Supervisor::signal_many(const std::vector<Process*>& members,
                                      std::string_view signal) {
    host_.collect_children();
    Pending results;
    for (auto* process : members) {
        if (!process::is_signallable(process->data.state)) continue;
        const Member member{process, process->namespec()};
        results.add_result(member, signal_one(*process, member.name, signal));
    }
    return std::move(results.results);
}

Outcome<MemberResults> Supervisor::signal(std::string_view name, std::string_view signal) {
    const auto spec = split_namespec(name);
    if (!spec.process) return signal_group(spec.group, signal, name);
    auto* process = fleet_.find(spec.group, *spec.process);
    if (!process) return refuse(FaultCode::BadName, std::string(name));
    if (auto outcome = signal_one(*process, name, signal); !outcome)
        return std::unexpected(outcome.error());
    return MemberResults{};
}

Outcome<MemberResults> Supervisor::signal_group(std::string_view group_name,
                                                std::string_view signal,
                                                std::string_view name_as_sent) {
    auto* group = fleet_.find_group(group_name);
    if (!group)
        return refuse(FaultCode::BadName,
                      std::string(name_as_sent.empty() ? group_name : name_as_sent));
    return signal_many(group->by_priority(), signal);
}

MemberResults Supervisor::signal_all(std::string_view signal) {
    return signal_many(all_by_priority(), signal);
}

Outcome<void> Supervisor::send_stdin(std::string_view name, std::string_view text) {
    auto found = find_one(name);
    if (!found) return std::unexpected(found.error());
    host_.collect_children();
    Process& process = **found;
    if (process.data.pid == 0 || process.data.leader_gone || process.data.state == State::Stopping)
        return refuse(FaultCode::NotRunning, std::string(name));
    if (!host_.write_stdin(process, text)) return refuse(FaultCode::NoFile, std::string(name));
    return {};
}

}  // namespace svd::control
