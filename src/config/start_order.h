// depends_on: programs in the order in which they are to start.
//
// Order alone: a program starts after those that it depends on, and nobody waits for anything. It
// is made out of what there is: the order of groups and of the processes in them, and a priority
// that is raised to that of a dependency where it is lower. So stopping, which goes by descending
// priority, begins with the dependents too.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/model.h"

namespace svd::config {

// Told about a program whose depends_on cannot be obeyed.
using DependencyProblem = std::function<void(const std::string& program, const std::string& text,
                                             const std::string& hint)>;

struct DependencyProblems {
    DependencyProblem error;    // a circle
    DependencyProblem warning;  // an unknown program; groups that would have to start in turns
};

// Groups come by (priority, name) and leave by (priority, order of start). Where a program and what
// it depends on are in the same group, that instance is meant, else every one.
void order_by_dependencies(std::vector<GroupConfig>& groups, const DependencyProblems& problems);

}  // namespace svd::config
