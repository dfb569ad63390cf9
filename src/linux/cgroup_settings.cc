#include "linux/cgroup_settings.h"

#include <algorithm>
#include <array>
#include <utility>

namespace svd::os {
namespace {

using Default = std::pair<std::string_view, std::string_view>;
constexpr auto kDefaults = std::to_array<Default>({
    {"memory.high", "max"},
    {"memory.max", "max"},
    {"memory.swap.max", "max"},
    {"memory.oom.group", "0"},
    {"cpu.weight", "100"},
    {"cpu.max", "max 100000"},
    {"cpuset.cpus", ""},
    {"io.weight", "100"},
    {"pids.max", "max"},
});

bool has_file(const std::vector<CgroupSetting>& settings, const std::string& file) {
    return std::ranges::find(settings, file, &CgroupSetting::file) != settings.end();
}

}  // namespace

std::string_view controller_of(std::string_view file) {
    return file.substr(0, file.find('.'));
}

std::string_view default_setting(std::string_view file) {
    const auto found = std::ranges::find(kDefaults, file, &Default::first);
    return found == kDefaults.end() ? std::string_view() : found->second;
}

std::vector<CgroupSetting> setting_changes(const std::vector<CgroupSetting>& before,
                                           const std::vector<CgroupSetting>& after) {
    std::vector<CgroupSetting> changes;
    // A limit that goes makes room for one that comes.
    for (const CgroupSetting& old : before)
        if (!has_file(after, old.file))
            changes.push_back({old.file, std::string(default_setting(old.file))});
    for (const CgroupSetting& wanted : after)
        if (std::ranges::find(before, wanted) == before.end()) changes.push_back(wanted);
    return changes;
}

}  // namespace svd::os
