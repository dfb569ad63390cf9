// What is to become of the programs of a crashed svd whose keeper has ended as well. Pure.
//
// Nothing is known of them but what their cgroups tell: the marks that svd left there, and who
// lives in them. Those that are still configured are taken over; the rest is ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "config/model.h"
#include "linux/former_tree.h"

namespace svd::daemon {

// What svd writes on the cgroup of a process when it has started it.
struct LeafMark {
    pid_t leader = 0;
    // Inodes of the pipes (or the socket) that svd gave it; 0: none. A program may have put others
    // in their place.
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    std::uint64_t err = 0;
    // How to stop it when it is not configured any more.
    int stopsignal = 15;
    int stopwaitsecs = 10;
    bool stopasgroup = false;
    bool killasgroup = false;
    bool keep_descendants = false;
    std::string out_log;  // made by svd (AUTO); empty: none
    std::string err_log;
    std::string notify;  // address of its notify socket; empty: none
    bool operator==(const LeafMark&) const = default;
};
[[nodiscard]] std::string write_mark(const LeafMark& mark);
// Empty for anything else than what write_mark gives.
[[nodiscard]] std::optional<LeafMark> read_mark(std::string_view text);
// The mark of a process that is started with this configuration, as far as it says.
[[nodiscard]] LeafMark mark_of(const config::ProcessConfig& config);

enum class Fate {
    TakeOver,
    EndRest,  // the process that svd started is gone, or nobody knows which it was
    Leave,    // the same, but what it leaves behind is to live (descendants=keep)
    End,      // not configured any more
};

struct FormerProgram {
    std::size_t leaf = 0;  // index of the leaf
    Fate fate = Fate::End;
    // The configured process that it is; for Fate::End nothing.
    std::optional<std::size_t> group;
    std::size_t process = 0;
    std::optional<LeafMark> mark;
    bool leader_lives = false;
    bool in_place = true;  // the leaf is where a start would put it today
};

// One for each leaf, in their order. Of two leaves of one process only the first is taken over.
[[nodiscard]] std::vector<FormerProgram> decide_former_programs(
    const std::vector<config::GroupConfig>& groups, const std::vector<os::FormerLeaf>& leaves);

// Its processes lie together in a cgroup; a program alone in its group has none but its own.
[[nodiscard]] bool has_node(const config::GroupConfig& group);

// What a process that is not configured is called: "web.worker".
[[nodiscard]] std::string name_of_left_behind(const std::string& leaf);

}  // namespace svd::daemon
