#include "daemon/limit_plan.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <sys/resource.h>

namespace svd::daemon {

namespace {

std::string number_text(std::uint64_t number) {
    return number == config::kUnlimited ? "max" : fmt::format("{}", number);
}

rlim_t rlimit_value(std::uint64_t number) {
    return number == config::kUnlimited ? RLIM_INFINITY : static_cast<rlim_t>(number);
}

int rlimit_number(config::Resource resource) {
    switch (resource) {
        case config::Resource::Nofile:
            return RLIMIT_NOFILE;
        case config::Resource::Nproc:
            return RLIMIT_NPROC;
        case config::Resource::Core:
            return RLIMIT_CORE;
        case config::Resource::Memlock:
            return RLIMIT_MEMLOCK;
        case config::Resource::Stack:
            return RLIMIT_STACK;
        case config::Resource::As:
            return RLIMIT_AS;
        case config::Resource::Data:
            return RLIMIT_DATA;
        case config::Resource::Rss:
            return RLIMIT_RSS;
        case config::Resource::Fsize:
            return RLIMIT_FSIZE;
        case config::Resource::Cpu:
            return RLIMIT_CPU;
        case config::Resource::Rtprio:
            return RLIMIT_RTPRIO;
        case config::Resource::Rttime:
            return RLIMIT_RTTIME;
        case config::Resource::Nice:
            return RLIMIT_NICE;
        case config::Resource::Sigpending:
            return RLIMIT_SIGPENDING;
        case config::Resource::Msgqueue:
            return RLIMIT_MSGQUEUE;
    }
    return RLIMIT_NOFILE;
}

os::ResourceLimit resource_limit(const config::ResourceLimit& limit) {
    return {rlimit_number(limit.resource), {rlimit_value(limit.soft), rlimit_value(limit.hard)}};
}

int io_priority(const config::IoPriority& priority) {
    return os::io_priority_value(static_cast<int>(priority.io_class), priority.level);
}

template <class T, class Key>
const T* find_resource(const std::vector<T>& limits, Key resource) {
    const auto found = std::ranges::find(limits, resource, &T::resource);
    return found == limits.end() ? nullptr : &*found;
}

// It looks at /proc where there is no controller.
constexpr std::string_view kMemoryRestart = "memory_restart";

struct FileRow {
    std::string_view file;
    std::string_view option;
};
constexpr auto kFiles = std::to_array<FileRow>({
    {"memory.high", "memory_high"},
    {"memory.max", "memory_max"},
    {"memory.swap.max", "memory_swap_max"},
    {"memory.oom.group", "oom_group"},
    {"cpu.weight", "cpu_weight"},
    {"cpu.max", "cpu_max"},
    {"cpuset.cpus", "allowed_cpus"},
    {"io.weight", "io_weight"},
    {"pids.max", "pids_max"},
});

void add_need(const std::string& controller, std::string_view option, ControllerNeeds& needs) {
    auto& options = needs[controller];
    if (std::ranges::find(options, option) == options.end()) options.emplace_back(option);
}

void add_needs(const config::Limits& limits, ControllerNeeds& needs) {
    for (const os::CgroupSetting& setting : cgroup_settings(limits))
        add_need(std::string(os::controller_of(setting.file)),
                 std::ranges::find(kFiles, setting.file, &FileRow::file)->option, needs);
    if (limits.memory_restart) add_need("memory", kMemoryRestart, needs);
}

}  // namespace

std::vector<os::CgroupSetting> cgroup_settings(const config::Limits& limits) {
    std::vector<os::CgroupSetting> settings;
    const auto add = [&](std::string_view option, const auto& value, auto text) {
        if (value)
            settings.push_back(
                {std::string(std::ranges::find(kFiles, option, &FileRow::option)->file),
                 text(*value)});
    };
    const auto plain = [](int value) { return fmt::format("{}", value); };
    add("memory_high", limits.memory_high, number_text);
    add("memory_max", limits.memory_max, number_text);
    add("memory_swap_max", limits.memory_swap_max, number_text);
    add("oom_group", limits.oom_group, plain);
    add("cpu_weight", limits.cpu_weight, plain);
    add("cpu_max", limits.cpu_max, [](const config::CpuQuota& cpu) {
        return fmt::format("{} {}", number_text(cpu.quota), cpu.period);
    });
    add("allowed_cpus", limits.allowed_cpus, [](const std::string& cpus) { return cpus; });
    add("io_weight", limits.io_weight, plain);
    add("pids_max", limits.pids_max, number_text);
    return settings;
}

os::ProcessLimits process_limits(const config::Limits& limits) {
    os::ProcessLimits result;
    result.oom_score_adj = limits.oom_score_adj;
    result.nice = limits.nice;
    if (limits.ionice) result.io_priority = io_priority(*limits.ionice);
    for (const auto& limit : limits.rlimits) result.resources.push_back(resource_limit(limit));
    return result;
}

os::ProcessLimits process_limit_changes(const config::Limits& before, const config::Limits& after,
                                        const os::ProcessLimits& inherited) {
    const os::ProcessLimits wanted = process_limits(after);
    os::ProcessLimits changes;
    if (before.oom_score_adj != after.oom_score_adj)
        changes.oom_score_adj =
            after.oom_score_adj ? wanted.oom_score_adj : inherited.oom_score_adj;
    if (before.nice != after.nice) changes.nice = after.nice ? wanted.nice : inherited.nice;
    if (before.ionice != after.ionice)
        changes.io_priority = after.ionice ? wanted.io_priority : inherited.io_priority;
    for (const auto& row : config::rlimit_table()) {
        const auto* was = find_resource(before.rlimits, row.resource);
        const auto* is = find_resource(after.rlimits, row.resource);
        if (is != nullptr && (was == nullptr || *was != *is))
            changes.resources.push_back(resource_limit(*is));
        if (is == nullptr && was != nullptr)
            if (const auto* own = find_resource(inherited.resources, rlimit_number(row.resource)))
                changes.resources.push_back(*own);
    }
    return changes;
}

ControllerNeeds needed_controllers(const config::Config& config) {
    ControllerNeeds needs;
    for (const std::string& name : config.daemon.required_controllers) needs[name];
    for (const auto& group : config.groups) {
        add_needs(group.limits, needs);
        for (const auto& process : group.processes) add_needs(process->limits, needs);
    }
    return needs;
}

std::string describe_missing(const std::string& controller, const ControllerNeeds& needs) {
    const auto found = needs.find(controller);
    std::string text = fmt::format("cgroup controller '{}' is missing", controller);
    if (found == needs.end()) return text;
    auto options = found->second;
    const bool restarts = std::erase(options, kMemoryRestart) > 0;
    if (!options.empty()) text += fmt::format("; without effect: {}", fmt::join(options, ", "));
    if (restarts) text += "; memory_restart looks every 5 seconds instead";
    return text;
}

}  // namespace svd::daemon
