// Finding the processes of a scope in /proc. Private to descendants.cc; see descendants.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "linux/loop.h"
#include "linux/proc_info.h"

namespace svd::os::detail {

struct WalkScope {
    std::string marker;                                // NAME=value in its environment
    std::unordered_map<pid_t, std::uint64_t> members;  // pid and start time, from the last look
    std::set<pid_t> groups;                            // process groups and sessions of its own
    std::function<void()> on_empty;
    bool killing = false;
};
using WalkScopes = std::vector<std::shared_ptr<WalkScope>>;
using MembersByScope = std::unordered_map<const WalkScope*, std::vector<ProcStat>>;

// Who belongs to whom. Pure apart from what it remembers in the scopes: `has_marker` reads an
// environment, `all` is one look at /proc, `self` the daemon.
[[nodiscard]] MembersByScope attribute_processes(
    const WalkScopes& scopes, const std::vector<ProcStat>& all, pid_t self,
    const std::function<bool(pid_t, const std::string&)>& has_marker);

class Walker {
  public:
    [[nodiscard]] static Result<std::unique_ptr<Walker>> create(Loop& loop);
    [[nodiscard]] std::shared_ptr<WalkScope> make();
    void drop(const std::shared_ptr<WalkScope>& scope);

    void add_leader(WalkScope& scope, pid_t leader);
    [[nodiscard]] Result<std::vector<ProcStat>> members(const WalkScope& scope);
    // WalkScope::members are of a look at most so long ago, which is then one for all scopes.
    [[nodiscard]] Status refresh(Duration age);
    // Some passes now, the rest whenever a killed process has been reaped.
    [[nodiscard]] Status kill_all(WalkScope& scope);
    [[nodiscard]] Status signal_all(const WalkScope& scope, int number);
    void look_soon() { check_.enable(); }
    // Every tree that ends leaves its last process to the daemon, so this is the only trigger.
    void process_reaped();

  private:
    Walker() = default;
    [[nodiscard]] Result<MembersByScope> look();
    [[nodiscard]] Status kill_pass(WalkScope& scope, bool& found_new, std::set<pid_t>& hit);
    void check();

    WalkScopes scopes_;
    std::string marker_head_;  // no other daemon, and no earlier Walker, has the same
    std::uint64_t next_id_ = 1;
    MonoTime last_look_{};
    Defer check_;
};

}  // namespace svd::os::detail
