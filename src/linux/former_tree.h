// The cgroups of a daemon that is gone, and of which nothing else is left: found by their marks.
//
// A daemon marks its tree with a text that tells it from every other daemon, and each leaf with
// what a successor cannot see. Marks are extended attributes of the directories (user.svd, Linux
// 5.7), so they go with them and cost nobody anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "base/fd.h"
#include "linux/cgroup.h"

namespace svd::os {

// Of a directory in the cgroup file system.
[[nodiscard]] Status mark_cgroup(int directory, const std::string& text);
// Empty when there is none.
[[nodiscard]] std::string read_cgroup_mark(int directory);

// A leaf with live processes.
struct FormerLeaf {
    std::string name;  // below the tree: "web:worker" or "web/worker"
    std::string mark;
    bool frozen = false;
    std::vector<pid_t> pids;  // at any depth
    bool operator==(const FormerLeaf&) const = default;
};

struct FormerTree {
    CgroupPlace place;   // in which it lies
    std::string name;    // "svd-4711"
    UniqueFd directory;  // locked: nobody else takes it
    std::vector<FormerLeaf> leaves;
};

// Trees with this mark in the own cgroup in which processes live and whose daemon does not. None
// where there are no cgroups. A daemon that is just ending is waited for, a second at most.
[[nodiscard]] std::vector<FormerTree> find_former_trees(const std::string& mark);

}  // namespace svd::os
