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
           std::ranges::equal(processes, other.processes, same);
}

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
        else if (!(*now->second == group))
            diff.changed.push_back(group.name);
    }
    for (const GroupConfig* group : running)
        if (!wanted.contains(group->name)) diff.removed.push_back(group->name);
    return diff;
}

}  // namespace svd::config
