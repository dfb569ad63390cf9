// The Executor's limits: before a start, and under running processes after a reread.
#include <set>

#include <fmt/format.h>

#include "daemon/executor.h"
#include "daemon/former_programs.h"
#include "daemon/kept_state.h"
#include "daemon/limit_plan.h"

namespace svd::daemon {

using process::Process;

namespace {

bool is_empty(const os::ProcessLimits& limits) {
    return !limits.oom_score_adj && !limits.nice && !limits.io_priority && limits.resources.empty();
}

}  // namespace

void Executor::make_scopes(process::Group& group) {
    std::shared_ptr<os::ScopeNode> node;
    if (has_node(*group.config)) node = parts_.scopes.make_node(group.name());
    if (node) node->limit(cgroup_settings(group.config->limits));
    for (const auto& process : group.processes) {
        auto runtime = std::make_unique<Runtime>();
        runtime->node = node;
        process->attachment = std::move(runtime);
        enter_own_leaf(*process);
    }
}

void Executor::enter_own_leaf(Process& process) {
    auto& runtime = runtime_of(process);
    runtime.leaf = std::string();
    runtime.scope = runtime.node ? parts_.scopes.make_below(runtime.node, process.name())
                                 : parts_.scopes.make({process.group->name(), process.name()});
    runtime.scope.limit(cgroup_settings(process.config->limits));
}

void Executor::enter_former_leaf(Process& process, std::string leaf) {
    auto& runtime = runtime_of(process);
    runtime.leaf = std::move(leaf);
    runtime.scope = parts_.scopes.make_at(runtime.leaf);
    runtime.scope.limit(cgroup_settings(process.config->limits));
}

Status Executor::apply_cgroup_limits(Process& process) {
    SVD_TRY(const auto unknown, runtime_of(process).scope.apply_limits());
    parts_.controllers.note_unknown_files(unknown);
    return {};
}

// What a child has of everything that is not limited.
os::ProcessLimits Executor::inherited_limits() const {
    os::ProcessLimits inherited = os::own_process_limits();
    for (auto& limit : inherited.resources)
        for (const auto& of_children : parts_.limits)
            if (limit.resource == of_children.resource) limit = of_children;
    return inherited;
}

void Executor::limits_changed(process::Group& group, const config::GroupConfig& before) {
    const auto tell = [&](const std::string& name, const config::Limits& from,
                          const config::Limits& to) {
        parts_.log.info("limits of '{}' changed: {}", name, config::describe_changes(from, to));
    };
    if (kept_ != nullptr) kept_->group_changed(group.name());
    if (group.config->limits != before.limits) {
        tell(group.name() + ":*", before.limits, group.config->limits);
        // The node is the same for all, and is written before the first leaf.
        if (const auto& node = runtime_of(*group.processes.front()).node)
            node->limit(cgroup_settings(group.config->limits));
    }
    for (std::size_t i = 0; i < group.processes.size(); ++i) {
        Process& process = *group.processes[i];
        const config::Limits& from = before.processes[i]->limits;
        const config::Limits& to = process.config->limits;
        if (from != to) {
            tell(process.namespec(), from, to);
            runtime_of(process).scope.limit(cgroup_settings(to));
        }
        if (const auto applied = apply_cgroup_limits(process); !applied)
            parts_.log.error("limits of '{}': {}", process.namespec(), applied.error().text);
        if (from != to) limit_live(process, from, to);
        memory_.watch(process);
    }
}

// Children that are forked meanwhile inherit the old limits, so it looks again until none is new.
void Executor::limit_live(Process& process, const config::Limits& from, const config::Limits& to) {
    constexpr int kPasses = 4;
    if (process.data.pid == 0) return;
    const auto changes = process_limit_changes(from, to, inherited_limits());
    if (is_empty(changes)) return;
    std::set<pid_t> done;
    for (int pass = 0; pass < kPasses; ++pass) {
        bool found = false;
        for (const pid_t pid : runtime_of(process).scope.pids()) {
            if (!done.insert(pid).second) continue;
            found = true;
            for (const Error& error : os::set_process_limits(pid, changes))
                parts_.log.error("limits of '{}': {}", process.namespec(), error.text);
        }
        if (!found) return;
    }
}

}  // namespace svd::daemon
