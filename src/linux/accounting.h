// What a scope uses, read when somebody asks: from its cgroup's files, and from /proc of its
// processes where a file is missing because its controller is.
//
// Nothing is kept between two calls and nothing is watched. Every figure may be out of date when it
// arrives, and they are not of one moment.
#pragma once

#include <optional>

#include "base/usage.h"
#include "linux/descendants.h"

namespace svd::os {

// Counters of the scope's cgroup; all 0 without one. Cheap: one to three small files.
[[nodiscard]] Counters read_counters(const Scope& scope);

// What the run that began at `start` uses (see Counters), without limits.
[[nodiscard]] Usage read_usage(const Scope& scope, const Counters& start);
// The limits of the scope's own cgroup, put into `usage`.
void read_limits(const Scope& scope, Usage& usage);

// Whether and where the kernel limits the memory of a scope.
struct MemoryLimit {
    bool has_controller = false;  // the scope's own cgroup is counted
    std::optional<std::uint64_t> bytes;
    bool from_above = false;  // it is the limit of a cgroup above
};
[[nodiscard]] MemoryLimit read_memory_limit(const Scope& scope);

}  // namespace svd::os
