#include "config/diff.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace svd::config {

bool GroupConfig::operator==(const GroupConfig& other) const {
    // Whether a [group:x] or a lone program made the group changes nothing for its processes.
    const auto same = [](const auto& a, const auto& b) { return a == b || *a == *b; };
    return name == other.name && priority == other.priority && kind == other.kind &&
           fcgi_socket == other.fcgi_socket && listener_pool == other.listener_pool &&
           limits == other.limits && std::ranges::equal(processes, other.processes, same);
}

namespace {

bool same_but_limits(const ProcessConfig& a, const ProcessConfig& b) {
    if (a.limits == b.limits) return a == b;
    ProcessConfig relimited = b;
    relimited.limits = a.limits;
    return a == relimited;
}

// A group of [group:x] has a cgroup for its limits, a lone program's has none.
bool can_take_limits_of(const GroupConfig& running, const GroupConfig& wanted) {
    return running.limits == wanted.limits || running.homogeneous == wanted.homogeneous;
}

// Whether the running group can go on, with other limits.
bool differs_in_limits_alone(const GroupConfig& running, const GroupConfig& wanted) {
    const auto same = [](const auto& a, const auto& b) {
        return a == b || same_but_limits(*a, *b);
    };
    return running.name == wanted.name && running.priority == wanted.priority &&
           running.kind == wanted.kind && running.fcgi_socket == wanted.fcgi_socket &&
           running.listener_pool == wanted.listener_pool && can_take_limits_of(running, wanted) &&
           std::ranges::equal(running.processes, wanted.processes, same);
}

}  // namespace

GroupDiff diff_groups(const std::vector<const GroupConfig*>& running,
                      const std::vector<GroupConfig>& configured) {
    std::map<std::string_view, const GroupConfig*> live;
    for (const GroupConfig* group : running) live.emplace(group->name, group);
    GroupDiff diff;
    std::set<std::string_view> wanted;
    for (const GroupConfig& group : configured) {
        wanted.insert(group.name);
        const auto now = live.find(group.name);
        if (now == live.end())
            diff.added.push_back(group.name);
        else if (*now->second == group)
            continue;
        else if (differs_in_limits_alone(*now->second, group))
            diff.relimited.push_back(group.name);
        else
            diff.changed.push_back(group.name);
    }
    for (const GroupConfig* group : running)
        if (!wanted.contains(group->name)) diff.removed.push_back(group->name);
    return diff;
}

}  // namespace svd::config
