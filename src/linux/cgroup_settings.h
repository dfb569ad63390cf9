// Control files of a cgroup and what is written to them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace svd::os {

struct CgroupSetting {
    std::string file;  // "memory.max"
    std::string text;
    bool operator==(const CgroupSetting&) const = default;
};

// "memory" of "memory.swap.max".
[[nodiscard]] std::string_view controller_of(std::string_view file);
// What a new cgroup has in a file that CgroupSetting knows; empty text for the others.
[[nodiscard]] std::string_view default_setting(std::string_view file);
// What leads from `before` to `after`: what is new or different, and defaults for what is gone.
[[nodiscard]] std::vector<CgroupSetting> setting_changes(const std::vector<CgroupSetting>& before,
                                                         const std::vector<CgroupSetting>& after);

}  // namespace svd::os
