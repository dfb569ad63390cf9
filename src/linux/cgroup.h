// The daemon's own part of the cgroup v2 tree: <own cgroup>/svd-<pid>/<leaf>, or
// <own cgroup>/svd-<pid>/<node>/<leaf>. Processes are in leaves only.
//
// Without limits nothing but membership is used (kill and emptiness), no controller: it works in a
// hybrid hierarchy, in a delegated systemd unit and as root in a bare tree, and nothing outside the
// daemon's own subtree is changed. Limits need controllers, see CgroupTree::enable.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sys/types.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "linux/cgroup_settings.h"
#include "linux/loop.h"

namespace svd::os {

class CgroupTree;

// One leaf, or a node. A cheap value that refers to the tree, which must outlive it. Nothing exists
// in the file system before ensure().
class Cgroup {
  public:
    [[nodiscard]] const std::string& name() const { return name_; }
    // "/svd-4711/web:worker" as /proc/PID/cgroup shows it.
    [[nodiscard]] std::string path() const;

    // Creates the leaf (and its node) when missing and opens its directory (for
    // SpawnSpec::cgroup_fd). After kill() it fails with EBUSY until the leaf is empty.
    [[nodiscard]] Result<UniqueFd> ensure() const;
    // The leaf's directory, for reading its files. ENOENT when it does not exist.
    [[nodiscard]] Result<UniqueFd> open() const;
    // Its inode, and whether there are cgroups in it. ENOENT when it does not exist.
    struct Identity {
        std::uint64_t inode = 0;
        bool has_children = false;
    };
    [[nodiscard]] Result<Identity> identity() const;
    // A file of figures.
    [[nodiscard]] Result<std::string> figures(const char* file) const;
    // The same for one who reads many, empty when it cannot be had. What is missing here, for want
    // of a controller, is not looked for in the cgroups beside it until controllers are handed
    // down.
    [[nodiscard]] std::optional<std::string> common_figures(const char* file) const;
    // A live process is inside, at any depth. False when the leaf does not exist. Zombies do not
    // count.
    [[nodiscard]] Result<bool> populated() const;
    // SIGKILL to everything inside, at once (cgroup.kill), or in passes on an old kernel.
    [[nodiscard]] Status kill() const;
    // Any other signal, to every process inside, once; forks during the call may be missed.
    [[nodiscard]] Status signal(int number) const;
    [[nodiscard]] Result<std::vector<pid_t>> pids() const;
    // Removes the leaf and what its processes created below it. EBUSY while populated; a missing
    // leaf is a success.
    [[nodiscard]] Status remove() const;

    // What the cgroup is limited to, instead of what was wanted before. Writes nothing. The tree
    // remembers it for a leaf that is made anew, until nothing is wanted any more.
    void want(std::vector<CgroupSetting> settings) const;
    // Writes what is wanted and not in force yet; nothing while there is no directory. Files of
    // controllers that are not enabled are left out. Answers the files that this kernel does not
    // have. An error is what the kernel refused.
    [[nodiscard]] Result<std::vector<std::string>> apply() const;
    // What is wanted has been written by the former image of the daemon.
    void assume_applied() const;

  private:
    friend class CgroupTree;
    Cgroup(CgroupTree& tree, std::string name) : tree_(&tree), name_(std::move(name)) {}
    CgroupTree* tree_;
    std::string name_;
};

// Where a daemon that hands out controllers sits itself: <own cgroup>/svd-<pid>/.daemon. No part of
// a leaf's name gives this one.
inline constexpr const char* kDaemonLeaf = ".daemon";

// Where the v2 hierarchy is mounted and which directory of it is ours (without the daemon's leaf).
// Pure.
struct CgroupPlace {
    std::string directory;  // in the file system
    std::string path;       // as /proc/PID/cgroup shows it
};
[[nodiscard]] Result<CgroupPlace> find_own_cgroup(std::string_view mountinfo,
                                                  std::string_view self_cgroup);
// The same for this process.
[[nodiscard]] Result<CgroupPlace> find_own_cgroup();
// What the own cgroup could hand down; empty where there is none.
[[nodiscard]] std::vector<std::string> available_controllers();

// For a unit whose programs outlive a crash of the daemon: takes the controllers back from what a
// daemon left in this cgroup, or systemd could not start another one there (EBUSY: processes have
// no place in a cgroup that hands controllers down). Limits are off until a daemon enables them
// again. `own` is a directory.
[[nodiscard]] Status release_controllers(const std::string& own);
// The same for the own cgroup; in a control process of a unit, which runs in ".control", for that
// of the unit.
[[nodiscard]] Status release_controllers();

class CgroupTree {
  public:
    struct Options {
        std::string name;    // of the subtree; empty: svd-<pid>
        bool adopt = false;  // go on with an existing populated subtree of this name (upgrade)
        std::string mountinfo = "/proc/self/mountinfo";
        std::string self_cgroup = "/proc/self/cgroup";
        std::optional<CgroupPlace> place{};  // in which the subtree lies; empty: the own cgroup
        int locked = -1;     // the directory of that subtree as the earlier daemon had it; borrowed
        std::string mark{};  // by which a successor finds it (former_tree.h); empty: none
    };
    // Fails with the reason when there is no v2 mount, the own cgroup is out of sight, or it may
    // not be written.
    [[nodiscard]] static Result<std::unique_ptr<CgroupTree>> open(Loop& loop,
                                                                  const Options& options);
    [[nodiscard]] static Result<std::unique_ptr<CgroupTree>> open(Loop& loop);
    // Removes the subtree as far as it is empty.
    ~CgroupTree();
    CgroupTree(const CgroupTree&) = delete;
    CgroupTree& operator=(const CgroupTree&) = delete;

    // The parts are joined by ':' after escaping what a directory name cannot hold, so different
    // parts give different leaves: {"web", "a/b"} is "web:a%2Fb".
    [[nodiscard]] Cgroup leaf(const std::vector<std::string>& parts);
    // One that is there under this name, of whichever parts.
    [[nodiscard]] Cgroup leaf_at(std::string name);
    // A cgroup whose limits hold for all leaves below it together.
    [[nodiscard]] Cgroup node(const std::string& part);
    [[nodiscard]] Cgroup leaf_below(const Cgroup& node, const std::string& part);

    // Hands these controllers down to every leaf, now and later; answers those that cannot be had.
    // The kernel hands nothing down from a cgroup that holds processes itself, so the daemon moves
    // to a leaf of its own, provided that nobody else is in its cgroup.
    struct Missing {
        std::string controller;
        std::string why;
    };
    [[nodiscard]] std::vector<Missing> enable(const std::vector<std::string>& controllers);
    [[nodiscard]] bool has(std::string_view controller) const {
        return controllers_.contains(controller);
    }
    // Memory is accounted for in the subtree as a whole or in its leaves. Somebody else may change
    // that: it is looked up again when the answer is a second old.
    [[nodiscard]] bool accounts_for_memory();

    // Calls once, from the loop, when the leaf has no live process any more; soon when that is so
    // already. At most one waiter for each leaf (a later one replaces it). While nobody waits
    // there is no inotify watch.
    [[nodiscard]] Status when_empty(const Cgroup& leaf, std::function<void()> callback);
    void cancel(const Cgroup& leaf);
    [[nodiscard]] std::size_t waiting() const { return waiters_.size(); }

    // From an upgrade: keep the subtree when this object goes.
    void keep() { keep_ = true; }
    [[nodiscard]] const std::string& name() const { return name_; }            // "svd-4711"
    [[nodiscard]] const std::string& path() const { return path_; }            // "/svd-4711"
    [[nodiscard]] const std::string& directory() const { return directory_; }  // in the file system
    [[nodiscard]] CgroupPlace place() const;  // of the cgroup above
    [[nodiscard]] int fd() const { return dir_.get(); }
    // What names the leaf or the node and its leaf that this path (as /proc shows it) is in or
    // below: {"web", "a"} of "/svd-1/web:a", {"web", "a"} of "/svd-1/web/a/x". Empty when it is not
    // in this tree.
    [[nodiscard]] std::vector<std::string> parts_of(std::string_view path) const;

  private:
    friend class Cgroup;
    struct Waiter {
        int watch = -1;  // of inotify; -1 when the leaf did not exist
        std::function<void()> callback;
    };
    CgroupTree() = default;
    struct Limited {
        std::vector<CgroupSetting> wanted;
        std::vector<CgroupSetting> in_force;
    };
    [[nodiscard]] Status create(const CgroupPlace& place, const Options& options);
    [[nodiscard]] Status hand_down(const std::string& controller);
    void hand_down_to(const std::string& node);
    [[nodiscard]] Status leave_own_cgroup();
    void return_to_own_cgroup();
    void take_up_controllers();
    [[nodiscard]] Status ensure_node(const std::string& name);
    void forget_in_force(const std::string& name);
    [[nodiscard]] std::vector<CgroupSetting> possible(
        const std::vector<CgroupSetting>& wanted) const;
    void read_events();
    bool settle_one();

    std::string own_path_;  // of the cgroup above
    std::string path_;
    std::string directory_;
    std::string name_;
    bool keep_ = false;
    UniqueFd parent_;
    UniqueFd dir_;  // locked for as long as the daemon lives
    UniqueFd inotify_;
    std::unordered_map<std::string, Waiter> waiters_;  // by leaf
    std::unordered_map<int, std::string> by_watch_;
    // Leaves on which cgroup.kill was used. Linux (seen with 6.18) kills at birth whatever clone3
    // puts into such a cgroup later, so ensure() makes it anew.
    std::set<std::string> killed_;
    std::deque<std::string> unsettled_;               // leaves whose state must be looked at
    std::set<std::string, std::less<>> controllers_;  // handed down
    std::vector<std::string> lent_;                   // by the own cgroup, because we asked
    bool moved_ = false;                              // the daemon is in its leaf
    bool memory_ = false;                             // as of accounts_for_memory()
    std::optional<MonoTime> memory_known_;
    std::set<std::string> nodes_;                      // that exist
    std::unordered_map<std::string, Limited> limits_;  // by leaf or node, where there are any
    // Files of figures that leaves do not have, by the node they lie in ("": none).
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> missing_;
    Watch inotify_watch_;
    Defer recheck_;
};

// Escapes one part of a leaf's name. Pure; different parts give different texts, none is "." or
// "..", and no result collides with a cgroup control file.
[[nodiscard]] std::string escape_cgroup_part(std::string_view part);
[[nodiscard]] std::string cgroup_leaf_name(const std::vector<std::string>& parts);
// The parts again. A name that was cut because it was too long gives other parts.
[[nodiscard]] std::vector<std::string> cgroup_name_parts(std::string_view name);

}  // namespace svd::os
