#include "linux/cgroup.h"

#include <array>
#include <charconv>
#include <utility>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"
#include "linux/cgroup_directory.h"
#include "linux/former_tree.h"
#include "linux/proc_info.h"

namespace svd::os {
namespace detail {

std::vector<std::string> child_directories(int directory) {
    std::vector<std::string> names;
    const int copy = openat(directory, ".", kDirectoryFlags);
    if (copy < 0) return names;
    DIR* stream = fdopendir(copy);
    if (stream == nullptr) {
        close(copy);
        return names;
    }
    while (const dirent* entry = readdir(stream)) {
        const std::string_view name = entry->d_name;
        if (entry->d_type == DT_DIR && name != "." && name != "..") names.emplace_back(name);
    }
    closedir(stream);
    return names;
}

void add_pids(int parent, const std::string& name, std::vector<pid_t>& pids, int depth) {
    // A threaded cgroup below refuses this file; its processes show at its domain's root.
    if (const auto text = read_small_file_at(parent, name + "/cgroup.procs"))
        for (const std::string_view word : split_blanks(*text)) {
            pid_t pid = 0;
            std::from_chars(word.data(), word.data() + word.size(), pid);
            if (pid > 0) pids.push_back(pid);  // 0: not in our pid namespace
        }
    if (depth >= kMaxDepth) return;
    const auto directory = UniqueFd::adopt(openat(parent, name.c_str(), kDirectoryFlags));
    if (!directory) return;
    for (const std::string& child : child_directories(directory.get()))
        add_pids(directory.get(), child, pids, depth + 1);
}

}  // namespace detail

namespace {

using detail::add_pids;
using detail::child_directories;
using detail::kDirectoryFlags;
using detail::kMaxDepth;

// rmdir of a whole branch. 0, or the errno of the first directory that could not go.
int remove_branch(int parent, const std::string& name, int depth = 0) {
    if (unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return 0;
    const int code = errno;
    if ((code != EBUSY && code != ENOTEMPTY) || depth >= kMaxDepth) return code;
    const auto directory = UniqueFd::adopt(openat(parent, name.c_str(), kDirectoryFlags));
    if (!directory) return errno == ENOENT ? 0 : code;
    const auto below = child_directories(directory.get());
    if (below.empty()) return code;
    for (const std::string& child : below)
        if (const int r = remove_branch(directory.get(), child, depth + 1); r != 0) return r;
    return unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : errno;
}

// Those of a former image may have been killed; see CgroupTree::killed_. A node is gone through.
void remove_empty_leaves(int tree) {
    for (const std::string& name : child_directories(tree)) {
        if (remove_branch(tree, name) == 0) continue;
        const auto node = UniqueFd::adopt(openat(tree, name.c_str(), kDirectoryFlags));
        if (!node) continue;
        for (const std::string& leaf : child_directories(node.get()))
            remove_branch(node.get(), leaf);
    }
}

bool is_gone(int code) {
    return code == ENOENT || code == ENODEV;
}

Result<bool> is_populated(int parent, const std::string& name) {
    const auto events = read_small_file_at(parent, name + "/cgroup.events");
    if (!events) {
        if (is_gone(events.error().code)) return false;
        return std::unexpected(events.error());
    }
    return events->find("populated 1") != std::string::npos;
}

// A live daemon holds a lock on its subtree's directory; the kernel drops it with the daemon.
bool try_lock(int directory) {
    return flock(directory, LOCK_EX | LOCK_NB) == 0;
}

void remove_stale_trees(int parent) {
    for (const std::string& name : child_directories(parent)) {
        if (!name.starts_with("svd-")) continue;
        const auto directory = UniqueFd::adopt(openat(parent, name.c_str(), kDirectoryFlags));
        if (!directory || !try_lock(directory.get())) continue;
        const auto populated = is_populated(parent, name);
        if (populated && !*populated) remove_branch(parent, name);
    }
}

bool is_same_directory(int parent, const std::string& name, int directory) {
    struct stat there{};
    struct stat here{};
    return fstatat(parent, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           fstat(directory, &here) == 0 && there.st_ino == here.st_ino;
}

}  // namespace

Result<CgroupPlace> find_own_cgroup() {
    SVD_TRY(const std::string mountinfo, read_small_file("/proc/self/mountinfo"));
    SVD_TRY(const std::string self, read_small_file("/proc/self/cgroup"));
    return find_own_cgroup(mountinfo, self);
}

std::vector<std::string> available_controllers() {
    std::vector<std::string> names;
    const auto place = find_own_cgroup();
    if (!place) return names;
    const auto text = read_small_file(place->directory + "/cgroup.controllers");
    if (text)
        for (const std::string_view name : split_blanks(*text)) names.emplace_back(name);
    return names;
}

// --- CgroupTree ---------------------------------------------------------------------------------
Result<std::unique_ptr<CgroupTree>> CgroupTree::open(Loop& loop) {
    return open(loop, Options{});
}

Result<std::unique_ptr<CgroupTree>> CgroupTree::open(Loop& loop, const Options& options) {
    SVD_TRY(const std::string mountinfo, read_small_file(options.mountinfo));
    SVD_TRY(const std::string self, read_small_file(options.self_cgroup));
    SVD_TRY(const CgroupPlace own, find_own_cgroup(mountinfo, self));
    const CgroupPlace place = options.place.value_or(own);

    std::unique_ptr<CgroupTree> tree(new CgroupTree);
    SVD_CHECK(tree->create(place, options));
    tree->inotify_ = UniqueFd::adopt(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!tree->inotify_) return fail_errno(errno, "create an inotify instance");
    CgroupTree* self_tree = tree.get();
    SVD_TRY(tree->inotify_watch_,
            Watch::add(loop, tree->inotify_.get(), EPOLLIN, Priority::CgroupEmpty,
                       [self_tree](std::uint32_t) { self_tree->read_events(); }));
    SVD_TRY(tree->recheck_,
            Defer::create(
                loop, [self_tree] { return self_tree->settle_one(); }, Priority::CgroupEmpty));
    return tree;
}

Status CgroupTree::create(const CgroupPlace& place, const Options& options) {
    constexpr int kNames = 16;
    parent_ = UniqueFd::adopt(::open(place.directory.c_str(), kDirectoryFlags));
    if (!parent_) return fail_errno(errno, "open cgroup {}", place.directory);
    remove_stale_trees(parent_.get());
    const std::string wanted =
        options.name.empty() ? fmt::format("svd-{}", getpid()) : options.name;
    for (int i = 0; i < kNames; ++i) {
        name_ = i == 0 ? wanted : fmt::format("{}-{}", wanted, i + 1);
        if (mkdirat(parent_.get(), name_.c_str(), 0755) != 0 && errno != EEXIST)
            return fail_errno(errno, "create cgroup {}/{}", place.directory, name_);
        // A lock is of an open file: who opens it anew waits for whoever still has the old one.
        dir_ = options.locked >= 0 && i == 0
                   ? UniqueFd::adopt(fcntl(options.locked, F_DUPFD_CLOEXEC, 3))
                   : UniqueFd::adopt(openat(parent_.get(), name_.c_str(), kDirectoryFlags));
        if (!dir_ || !try_lock(dir_.get())) continue;
        // Another starting daemon may have tidied it away between mkdir and the lock.
        if (!is_same_directory(parent_.get(), name_, dir_.get())) continue;
        const auto populated = is_populated(parent_.get(), name_);
        if (!populated) return std::unexpected(populated.error());
        if (*populated && !options.adopt) continue;
        remove_empty_leaves(dir_.get());
        // Processes are placed by writing to this file or by clone3; both ask for this right.
        if (faccessat(dir_.get(), "cgroup.procs", W_OK, AT_EACCESS) != 0)
            return fail_errno(errno, "write to cgroup {}/{}", place.directory, name_);
        own_path_ = place.path;
        path_ = (place.path == "/" ? "" : place.path) + "/" + name_;
        directory_ = place.directory + "/" + name_;
        for (const std::string& name : child_directories(dir_.get()))
            if (name != kDaemonLeaf && name.find(':') == std::string::npos) nodes_.insert(name);
        if (!options.mark.empty())
            ignore(mark_cgroup(dir_.get(), options.mark), "not on a kernel before 5.7");
        take_up_controllers();
        return {};
    }
    return fail("no free name for a cgroup like {}/{}", place.directory, wanted);
}

CgroupPlace CgroupTree::place() const {
    return {directory_.substr(0, directory_.size() - name_.size() - 1), own_path_};
}

CgroupTree::~CgroupTree() {
    if (!dir_ || keep_) return;
    remove_empty_leaves(dir_.get());
    const auto left = child_directories(dir_.get());
    // Who lives on keeps the limits, and the daemon can only go where none are handed down.
    if (left.empty() || left == std::vector<std::string>{kDaemonLeaf}) return_to_own_cgroup();
    unlinkat(parent_.get(), name_.c_str(), AT_REMOVEDIR);
}

Cgroup CgroupTree::leaf(const std::vector<std::string>& parts) {
    return Cgroup(*this, cgroup_leaf_name(parts));
}

Cgroup CgroupTree::leaf_at(std::string name) {
    return Cgroup(*this, std::move(name));
}

Status CgroupTree::when_empty(const Cgroup& leaf, std::function<void()> callback) {
    const std::string& name = leaf.name();
    cancel(leaf);
    Waiter waiter;
    waiter.callback = std::move(callback);
    const std::string events = directory_ + "/" + name + "/cgroup.events";
    waiter.watch = inotify_add_watch(inotify_.get(), events.c_str(), IN_MODIFY);
    if (waiter.watch < 0 && errno != ENOENT) return fail_errno(errno, "watch {}", events);
    if (waiter.watch >= 0) by_watch_.insert_or_assign(waiter.watch, name);
    waiters_.insert_or_assign(name, std::move(waiter));
    // It may have become empty before the watch existed.
    unsettled_.push_back(name);
    recheck_.enable();
    return {};
}

void CgroupTree::cancel(const Cgroup& leaf) {
    const auto found = waiters_.find(leaf.name());
    if (found == waiters_.end()) return;
    if (found->second.watch >= 0) {
        by_watch_.erase(found->second.watch);
        inotify_rm_watch(inotify_.get(), found->second.watch);
    }
    waiters_.erase(found);
}

void CgroupTree::read_events() {
    alignas(inotify_event) std::array<char, 16384> buffer;
    ssize_t n = 0;
    while ((n = read(inotify_.get(), buffer.data(), buffer.size())) > 0) {
        for (std::size_t at = 0; at < static_cast<std::size_t>(n);) {
            const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
            at += sizeof(inotify_event) + event->len;
            if ((event->mask & IN_Q_OVERFLOW) != 0) {
                for (const auto& [name, waiter] : waiters_) unsettled_.push_back(name);
            } else if (const auto known = by_watch_.find(event->wd); known != by_watch_.end()) {
                unsettled_.push_back(known->second);
            }
        }
    }
    if (!unsettled_.empty()) recheck_.enable();
}

// One leaf in each turn: a callback may start, stop or destroy anything, other waiters included.
bool CgroupTree::settle_one() {
    if (unsettled_.empty()) return false;
    const std::string name = std::move(unsettled_.front());
    unsettled_.pop_front();
    const bool more = !unsettled_.empty();
    const auto found = waiters_.find(name);
    if (found == waiters_.end()) return more;
    const auto populated = is_populated(dir_.get(), name);
    if (!populated || *populated) return more;  // the event said "changed", not "empty"
    const auto callback = std::move(found->second.callback);
    cancel(Cgroup(*this, name));
    if (more) recheck_.enable();
    callback();
    return false;  // this object may be gone; what is left was enabled above
}

// --- Cgroup -------------------------------------------------------------------------------------
std::string Cgroup::path() const {
    return tree_->path_ + "/" + name_;
}

Result<UniqueFd> Cgroup::ensure() const {
    const char* name = name_.c_str();
    if (tree_->killed_.contains(name_)) SVD_CHECK(remove());
    const int tree = tree_->dir_.get();
    bool made = mkdirat(tree, name, 0755) == 0;
    if (const auto slash = name_.find('/');
        !made && errno == ENOENT && slash != std::string::npos) {
        SVD_CHECK(tree_->ensure_node(name_.substr(0, slash)));
        made = mkdirat(tree, name, 0755) == 0;
    }
    if (!made && errno != EEXIST) return fail_errno(errno, "create cgroup {}", path());
    if (made) tree_->forget_in_force(name_);
    auto fd = UniqueFd::adopt(openat(tree, name, kDirectoryFlags));
    if (!fd) return fail_errno(errno, "open cgroup {}", path());
    return fd;
}

Result<bool> Cgroup::populated() const {
    return is_populated(tree_->dir_.get(), name_);
}

Result<std::vector<pid_t>> Cgroup::pids() const {
    std::vector<pid_t> pids;
    add_pids(tree_->dir_.get(), name_, pids);
    return pids;
}

Status Cgroup::signal(int number) const {
    SVD_TRY(const std::vector<pid_t> members, pids());
    for (const pid_t pid : members) {
        const auto pidfd = UniqueFd::adopt(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
        if (!pidfd) continue;
        // With the pidfd held, the answer is about the process that will get the signal.
        if (!(read_process_cgroup(pid) + "/").starts_with(path() + "/")) continue;
        syscall(SYS_pidfd_send_signal, pidfd.get(), number, nullptr, 0);
    }
    return {};
}

Status Cgroup::kill() const {
    constexpr int kPasses = 64;
    const auto file = UniqueFd::adopt(
        openat(tree_->dir_.get(), (name_ + "/cgroup.kill").c_str(), O_WRONLY | O_CLOEXEC));
    if (file && write(file.get(), "1", 1) == 1) {
        tree_->killed_.insert(name_);
        return {};
    }
    // A kernel before 5.14, or the leaf does not exist.
    for (int i = 0; i < kPasses; ++i) {
        SVD_TRY(const bool alive, populated());
        if (!alive) return {};
        SVD_CHECK(signal(SIGKILL));
    }
    return {};
}

Status Cgroup::remove() const {
    const int code = remove_branch(tree_->dir_.get(), name_);
    if (code != 0) return fail_errno(code, "remove cgroup {}", path());
    tree_->killed_.erase(name_);
    tree_->nodes_.erase(name_);
    tree_->forget_in_force(name_);
    return {};
}

}  // namespace svd::os
