// "Everything that came from this child", with one interface over two ways to know it.
//
// Scopes prefers cgroups. Where none can be used (a container without a writable v2 tree, an
// unprivileged user) it walks /proc: descendants of the leader, and orphans that the daemon adopted
// as a subreaper and that carry the scope's environment marker, or the process group or session of
// a known member. A process that clears its environment, leaves its session and loses its parent
// before anybody looked is beyond the walk; cgroups have no such hole.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "base/fd.h"
#include "linux/cgroup.h"
#include "linux/children.h"
#include "linux/loop.h"

namespace svd::os {

class Scopes;

// A cgroup that several scopes lie in, with limits for all of them together. Shared by them; goes
// with the last.
class ScopeNode {
  public:
    explicit ScopeNode(Cgroup cgroup) : cgroup_(std::move(cgroup)) {}
    ~ScopeNode();
    ScopeNode(const ScopeNode&) = delete;
    ScopeNode& operator=(const ScopeNode&) = delete;
    // As of a Scope.
    void limit(std::vector<CgroupSetting> settings) { cgroup_.want(std::move(settings)); }
    [[nodiscard]] Result<std::vector<std::string>> apply_limits() { return cgroup_.apply(); }

  private:
    friend class Scope;
    friend class Scopes;
    Cgroup cgroup_;
};

namespace detail {
struct WalkScope;
class Walker;
}  // namespace detail

// Move-only. Destroying it cancels when_empty, kills nothing, and removes an empty cgroup.
class Scope {
  public:
    Scope();
    Scope(Scope&&) noexcept;
    Scope& operator=(Scope&&) noexcept;
    ~Scope();

    // For SpawnSpec::cgroup_fd; holds -1 in walk mode. Also what RecreateCgroup calls again.
    [[nodiscard]] Result<UniqueFd> spawn_directory();
    // "SVD_SCOPE=..." to append to the child's environment in walk mode; empty with cgroups.
    [[nodiscard]] std::optional<std::string> environment_marker() const;
    // Limits of the cgroup instead of earlier ones; in force from the next apply_limits() on, which
    // is called after spawn_directory(). Nothing in walk mode.
    void limit(std::vector<CgroupSetting> settings);
    // Those of the node first. Answers the files that this kernel does not have.
    [[nodiscard]] Result<std::vector<std::string>> apply_limits();
    // Tell it the leader right after spawn. in_cgroup false (Child::in_cgroup) makes this scope
    // walk.
    void started(pid_t leader, bool in_cgroup);

    // The directory of its cgroup, for reading (accounting.h); an error when it walks /proc.
    [[nodiscard]] Result<UniqueFd> open_cgroup() const;
    // No live process is left, the leader included. Zombies do not count.
    [[nodiscard]] bool is_empty() const;
    [[nodiscard]] std::vector<pid_t> pids() const;
    // A live process of this scope.
    [[nodiscard]] bool contains(pid_t pid) const;
    // The same, but a walk over /proc of the last second will do; for figures only.
    [[nodiscard]] std::vector<pid_t> recent_pids() const;
    // SIGKILL to all. Goes on by itself from the loop while new ones appear (fork storms).
    [[nodiscard]] Status kill_all();
    // The signal to every member once (stopasgroup for trees that left the process group).
    [[nodiscard]] Status signal_all(int number);
    // Calls once, from the loop, when is_empty() holds. A later call replaces an earlier one.
    [[nodiscard]] Status when_empty(std::function<void()> callback);
    void cancel();
    // Was this reaped stray one of ours? For log lines only.
    [[nodiscard]] bool owns(const StrayReport& stray) const;
    [[nodiscard]] bool uses_cgroup() const;
    // Its cgroup; null when it walks /proc.
    [[nodiscard]] const Cgroup* cgroup() const { return uses_cgroup() ? &*cgroup_ : nullptr; }

    // Going on with the children of another program (an upgrade): how this scope knows its
    // processes, and taking that up again in a new scope of the same name.
    struct Saved {
        bool walking = false;
        std::string marker;  // of environment_marker()
    };
    [[nodiscard]] Saved save() const;
    // leader 0: there is none. Limits that do not hold any more are written by apply_limits().
    enum class Limits { Hold, Gone };
    void take_up(const Saved& saved, pid_t leader, Limits limits = Limits::Hold);
    explicit operator bool() const { return scopes_ != nullptr; }

  private:
    friend class Scopes;
    Scopes* scopes_ = nullptr;
    std::shared_ptr<ScopeNode> node_;  // null for most
    std::optional<Cgroup> cgroup_;
    std::shared_ptr<detail::WalkScope> walk_;  // null until this scope has to walk
    bool walking_ = false;
};

class Scopes {
  public:
    struct Options {
        bool force_walk = false;
        CgroupTree::Options cgroup;
    };
    // Never fails for want of cgroups; why_walking() then says the reason. Loop and ChildTable must
    // outlive it, and it must outlive its Scope objects. Takes ChildTable::on_reaped.
    [[nodiscard]] static Result<std::unique_ptr<Scopes>> open(Loop& loop, ChildTable& children,
                                                              const Options& options);
    ~Scopes();
    Scopes(const Scopes&) = delete;
    Scopes& operator=(const Scopes&) = delete;

    // The parts name the cgroup; the same parts twice give the same one.
    [[nodiscard]] Scope make(const std::vector<std::string>& parts);
    // Null in walk mode.
    [[nodiscard]] std::shared_ptr<ScopeNode> make_node(const std::string& part);
    [[nodiscard]] Scope make_below(std::shared_ptr<ScopeNode> node, const std::string& part);
    // In a leaf that is there already, under this name.
    [[nodiscard]] Scope make_at(const std::string& leaf);
    [[nodiscard]] bool walking() const { return tree_ == nullptr; }
    [[nodiscard]] const std::string& why_walking() const { return why_walking_; }
    [[nodiscard]] CgroupTree* tree() { return tree_.get(); }  // null in walk mode

  private:
    friend class Scope;
    Scopes();
    [[nodiscard]] Scope make_scope(std::optional<Cgroup> cgroup);
    std::string why_walking_;
    std::unique_ptr<CgroupTree> tree_;
    std::unique_ptr<detail::Walker> walker_;
};

}  // namespace svd::os
