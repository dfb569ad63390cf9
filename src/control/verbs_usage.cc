// What processes and groups use, when somebody asks.
#include "control/supervisor.h"
#include "process/why.h"

namespace svd::control {

namespace {

void add(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& value) {
    if (value) sum = sum.value_or(0) + *value;
}

// Peaks of several are not one peak, and limits do not add up.
void add(Usage& sum, const Usage& usage) {
    add(sum.cpu_usec, usage.cpu_usec);
    add(sum.cpu_user_usec, usage.cpu_user_usec);
    add(sum.cpu_system_usec, usage.cpu_system_usec);
    add(sum.memory, usage.memory);
    add(sum.swap, usage.swap);
    add(sum.tasks, usage.tasks);
    add(sum.read_bytes, usage.read_bytes);
    add(sum.written_bytes, usage.written_bytes);
}

std::string_view listener_state(const std::vector<EventPoolInfo>& pools,
                                const process::Process& process) {
    for (const auto& pool : pools) {
        if (pool.group != process.group->name()) continue;
        for (const auto& listener : pool.listeners)
            if (listener.name == process.name()) return listener.listener_state;
    }
    return {};
}

}  // namespace

UsageView Supervisor::usage_of(const process::Process& process, const Now& now, bool whole) const {
    UsageView view;
    view.process = &process;
    view.now = now;
    view.usage = host_.usage(process, whole);
    if (const auto* last = process.deaths ? process.deaths->last() : nullptr) {
        view.last_end = end_text(*last, *process.config);
        view.last_end_at = epoch_seconds(last->at);
    }
    if (whole && process.group->config->listener_pool)
        view.listener_state = listener_state(host_.event_pools(), process);
    return view;
}

Outcome<void> Supervisor::process_info_ex(std::string_view name, const VisitUsage& visit) {
    const auto process = find_one(name);
    if (!process) return std::unexpected(process.error());
    host_.collect_children();
    const Now now = host_.now();
    visit(info_of(**process, now), usage_of(**process, now, true));
    return {};
}

void Supervisor::each_process_info_ex(const VisitUsage& visit) {
    host_.collect_children();
    const Now now = host_.now();
    for (const auto* process : fleet_.processes_by_name())
        visit(info_of(*process, now), usage_of(*process, now, true));
}

void Supervisor::each_usage(const std::function<void(const UsageView&)>& visit) {
    host_.collect_children();
    const Now now = host_.now();
    for (const auto* process : fleet_.processes_by_name()) visit(usage_of(*process, now, false));
}

std::vector<GroupUsage> Supervisor::group_usage() {
    std::vector<GroupUsage> groups;
    each_usage([&](const UsageView& view) {
        const auto& process = *view.process;
        if (groups.empty() || groups.back().group != process.group->name())
            groups.push_back({process.group->name(), 0, 0, {}});
        auto& group = groups.back();
        ++group.processes;
        group.running += process.data.state == process::State::Running ? 1 : 0;
        add(group.usage, view.usage);
    });
    return groups;
}

}  // namespace svd::control
