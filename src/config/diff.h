// What a reread changed. Pure comparison of two configurations, group by group and by value.
#pragma once

#include <string>
#include <vector>

#include "config/model.h"

namespace svd::config {

struct GroupDiff {
    std::vector<std::string> added;
    std::vector<std::string> changed;
    std::vector<std::string> removed;
    std::vector<std::string> relimited;  // nothing but limits differs: no new process is needed
    [[nodiscard]] bool empty() const {
        return added.empty() && changed.empty() && removed.empty() && relimited.empty();
    }
};

// `running` are the groups that live now (with the configuration each was added with); order of the
// results follows Supervisor: added and changed in configuration order, removed in running order.
[[nodiscard]] GroupDiff diff_groups(const std::vector<const GroupConfig*>& running,
                                    const std::vector<GroupConfig>& configured);

}  // namespace svd::config
