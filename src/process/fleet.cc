#include "process/fleet.h"

#include <algorithm>
#include <utility>

#include "base/overloaded.h"

namespace svd::process {

namespace {

// A request makes sense to these; the others run already or cannot be helped.
bool can_start(State state) {
    return (is_stopped(state) && state != State::Unknown) || state == State::Stopping;
}

}  // namespace

std::string Process::namespec() const {
    return group->name() == name() ? name() : group->name() + ":" + name();
}

void Process::record(Death death, LastOutput output) {
    if (!deaths) deaths = std::make_unique<DeathLog>();
    deaths->add(std::move(death), std::move(output));
}

Process* Group::find(std::string_view process_name) const {
    if (processes.size() == 1)
        return processes.front()->name() == process_name ? processes.front().get() : nullptr;
    const auto found = std::ranges::lower_bound(by_name, process_name, {}, &Process::name);
    return found == by_name.end() || (*found)->name() != process_name ? nullptr : *found;
}

void Group::sort_names() {
    by_name.reserve(processes.size());
    for (const auto& process : processes) by_name.push_back(process.get());
    // Of several with one name the first counts.
    std::ranges::stable_sort(by_name, {}, &Process::name);
    const auto others = std::ranges::unique(by_name, {}, &Process::name);
    by_name.erase(others.begin(), others.end());
}

std::vector<Process*> Group::members_by_name() const {
    return processes.size() == 1 ? std::vector{processes.front().get()} : by_name;
}

std::vector<Process*> Group::by_priority() const {
    std::vector<Process*> sorted;
    sorted.reserve(processes.size());
    for (const auto& process : processes) sorted.push_back(process.get());
    std::ranges::stable_sort(sorted, {}, [](const Process* p) { return p->config->priority; });
    return sorted;
}

Fleet::Fleet(Actuator& actuator) : actuator_(actuator) {}
Fleet::~Fleet() = default;

// --- groups -------------------------------------------------------------------------------------

Group& Fleet::add_group(std::shared_ptr<const config::GroupConfig> config) {
    if (Group* known = find_group(config->name)) return *known;
    auto owned = std::make_unique<Group>();
    Group& group = *owned;
    group.config = std::move(config);
    group.sequence = next_group_sequence_++;
    group.processes.reserve(group.config->processes.size());
    for (const auto& process_config : group.config->processes) {
        auto process = std::make_unique<Process>();
        process->config = process_config;
        process->group = &group;
        process->sequence = next_process_sequence_++;
        group.processes.push_back(std::move(process));
    }
    if (group.processes.size() > 1) group.sort_names();
    process_count_ += group.processes.size();
    groups_.insert(std::move(owned));
    actuator_.group_added(group);
    return group;
}

bool Fleet::remove_group(std::string_view name) {
    const auto found = groups_.find(name);
    if (found == groups_.end() || !(*found)->all_stopped()) return false;
    std::unique_ptr<Group> group = std::move(groups_.extract(found).value());
    group->removed = true;
    for (const auto& process : group->processes) forget(*process);
    process_count_ -= group->processes.size();
    std::erase(to_stop_, group.get());
    std::erase_if(pending_, [&](const Pending& p) { return p.process->group == group.get(); });
    const std::string removed_name = group->name();
    if (running_) removed_.push_back(std::move(group));
    actuator_.group_removed(removed_name);
    return true;
}

void Fleet::replace_config(Group& group, std::shared_ptr<const config::GroupConfig> config) {
    if (config->processes.size() != group.processes.size()) return;
    group.config = std::move(config);
    for (std::size_t i = 0; i < group.processes.size(); ++i)
        group.processes[i]->config = group.config->processes[i];
}

void Fleet::forget(Process& process) {
    start_queue_.erase(process);
    if (process.data.deadline) deadlines_.erase({*process.data.deadline, process.sequence});
}

Group* Fleet::find_group(std::string_view name) const {
    const auto found = groups_.find(name);
    return found == groups_.end() ? nullptr : found->get();
}

Process* Fleet::find(std::string_view group, std::string_view process) const {
    const Group* found = find_group(group);
    return found == nullptr ? nullptr : found->find(process);
}

std::vector<Group*> Fleet::groups_by_priority() const {
    std::vector<Group*> sorted;
    sorted.reserve(groups_.size());
    for (const auto& group : groups_) sorted.push_back(group.get());
    std::ranges::sort(sorted, {}, [](const Group* group) {
        return std::pair(group->config->priority, group->sequence);
    });
    return sorted;
}

std::vector<Process*> Fleet::processes_by_name() const {
    std::vector<Process*> sorted;
    sorted.reserve(process_count_);
    for (const auto& group : groups_) {
        const auto first = static_cast<std::ptrdiff_t>(sorted.size());
        for (const auto& process : group->processes) sorted.push_back(process.get());
        std::stable_sort(sorted.begin() + first, sorted.end(),
                         [](const Process* a, const Process* b) { return a->name() < b->name(); });
    }
    return sorted;
}

std::size_t Fleet::process_count() const {
    return process_count_;
}

// --- events -------------------------------------------------------------------------------------

void Fleet::feed(Process& process, const Event& event, const Now& now) {
    if (process.group->removed) return;
    pending_.push_back({&process, event, now});
    run_pending(now);
}

void Fleet::run_pending(const Now& now) {
    if (running_) return;
    running_ = true;
    do {
        while (!pending_.empty()) {
            const Pending next = std::move(pending_.front());
            pending_.pop_front();
            run(*next.process, next.event, next.now);
        }
    } while (advance_shutdown(now));
    running_ = false;
    removed_.clear();
}

void Fleet::run(Process& process, const Event& event, const Now& now) {
    if (std::holds_alternative<StartRequested>(event) ||
        std::holds_alternative<StopRequested>(event))
        start_queue_.erase(process);
    std::deque<Event> events{event};
    while (!events.empty() && !process.group->removed) {
        const Event next = std::move(events.front());
        events.pop_front();
        apply(process, next, now, events);
    }
}

void Fleet::apply(Process& process, const Event& event, const Now& now,
                  std::deque<Event>& follow_up) {
    // The configuration may be replaced by a callback.
    const std::shared_ptr<const config::ProcessConfig> config = process.config;
    const Context context{daemon_state_ == DaemonState::Running};
    Step result = step(*config, process.data, event, now, context);
    assign(process, std::move(result.data));
    for (const Effect& effect : result.effects) carry_out(process, effect, follow_up);
}

void Fleet::carry_out(Process& process, const Effect& effect, std::deque<Event>& follow_up) {
    std::visit(Overloaded{
                   [&](const Spawn&) {
                       Event answer = actuator_.spawn(process);
                       if (!std::holds_alternative<Spawned>(answer) &&
                           !std::holds_alternative<SpawnFailed>(answer))
                           answer = SpawnFailed{"unknown error spawning '" + process.name() + "'"};
                       follow_up.push_back(std::move(answer));
                   },
                   [&](const Signal& signal) {
                       if (auto failed = actuator_.signal(process, signal.number, signal.to_group))
                           follow_up.emplace_back(std::move(*failed));
                   },
                   [&](const KillAll&) { actuator_.kill_all(process); },
                   [&](const KillRemains&) { actuator_.kill_remains(process); },
                   [&](const Log& log) { actuator_.log(process, log.level, log.text); },
                   [&](const Publish& change) { actuator_.published(process, change); },
               },
               effect);
}

void Fleet::restore(Process& process, Data data) {
    if (!process.group->removed) assign(process, std::move(data));
}

// The one place where the data of a process changes, so that the books about it stay right.
void Fleet::assign(Process& process, Data data) {
    const bool was_stopped = is_stopped(process.data.state);
    const bool now_stopped = is_stopped(data.state);
    if (process.data.deadline != data.deadline) {
        if (process.data.deadline) deadlines_.erase({*process.data.deadline, process.sequence});
        if (data.deadline)
            deadlines_.emplace(DeadlineKey{*data.deadline, process.sequence}, &process);
    }
    process.data = std::move(data);
    if (was_stopped == now_stopped) return;
    Group& group = *process.group;
    now_stopped ? --group.unstopped : ++group.unstopped;
    if (group.stopping_turn) now_stopped ? --unstopped_now_ : ++unstopped_now_;
}

// --- time ---------------------------------------------------------------------------------------

std::optional<MonoTime> Fleet::next_deadline() const {
    if (deadlines_.empty()) return std::nullopt;
    return deadlines_.begin()->first.first;
}

void Fleet::on_time(const Now& now, std::size_t limit) {
    // All are chosen first: a process whose next deadline is due at once waits for the next call.
    for (const auto& [key, process] : deadlines_) {
        if (key.first > now.mono || limit-- == 0) break;
        pending_.push_back({process, DeadlineReached{}, now});
    }
    run_pending(now);
}

// --- starting -----------------------------------------------------------------------------------

void Fleet::queue_autostart(const Group& group) {
    for (const auto& process : group.processes)
        if (process->config->autostart && process->data.run == 0) queue_start(*process);
}

void Fleet::queue_start(Process& process) {
    if (daemon_state_ != DaemonState::Running || process.group->removed) return;
    start_queue_.push(process, {process.group->config->priority, process.group->sequence,
                                process.config->priority, process.sequence});
}

bool Fleet::start_some(std::size_t limit, const Now& now) {
    for (; limit > 0 && !start_queue_.empty(); --limit) {
        Process* next = start_queue_.pop();
        if (can_start(next->data.state)) feed(*next, StartRequested{}, now);
    }
    return !start_queue_.empty();
}

// --- the end ------------------------------------------------------------------------------------

void Fleet::begin_shutdown(DaemonState how, const Now& now) {
    if (how == DaemonState::Running) return;
    if (daemon_state_ != DaemonState::Running) {
        if (how == DaemonState::Shutdown) daemon_state_ = how;
        return;
    }
    daemon_state_ = how;
    start_queue_.clear();
    to_stop_ = groups_by_priority();
    run_pending(now);
}

// Lets the next groups have their turn when those of the current one are stopped. True when there
// is something to run.
bool Fleet::advance_shutdown(const Now& now) {
    if (daemon_state_ == DaemonState::Running || unstopped_now_ > 0 || complete_reported_)
        return false;
    if (to_stop_.empty()) {
        complete_reported_ = true;
        actuator_.shutdown_complete(daemon_state_);
        return !pending_.empty();
    }
    const int priority = to_stop_.back()->config->priority;
    while (!to_stop_.empty() && to_stop_.back()->config->priority == priority) {
        stop_group(*to_stop_.back(), now);
        to_stop_.pop_back();
    }
    return true;
}

void Fleet::stop_group(Group& group, const Now& now) {
    group.stopping_turn = true;
    unstopped_now_ += group.unstopped;
    const std::vector<Process*> members = group.by_priority();
    for (auto member = members.rbegin(); member != members.rend(); ++member)
        pending_.push_back({*member, ShutdownBegun{}, now});
}

std::vector<const Process*> Fleet::unstopped() const {
    std::vector<const Group*> groups;
    for (const auto& group : groups_)
        if (group->unstopped > 0) groups.push_back(group.get());
    std::ranges::sort(groups, {}, &Group::sequence);
    std::vector<const Process*> waiting;
    for (const Group* group : groups)
        for (const auto& process : group->processes)
            if (!is_stopped(process->data.state)) waiting.push_back(process.get());
    return waiting;
}

}  // namespace svd::process
