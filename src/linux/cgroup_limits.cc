// The half of cgroup.h that limits: controllers handed down the tree, and what is written to files.
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/strings.h"
#include "linux/cgroup.h"
#include "linux/proc_info.h"

namespace svd::os {
namespace {

constexpr const char* kHandedDown = "cgroup.subtree_control";

// 0 or an errno. The line ends, or an empty text would be no write at all.
int write_control(int directory, const std::string& file, std::string_view text) {
    const auto fd = UniqueFd::adopt(openat(directory, file.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd) return errno;
    const std::string line = fmt::format("{}\n", text);
    return write(fd.get(), line.data(), line.size()) < 0 ? errno : 0;
}

bool has_word(int directory, const std::string& file, std::string_view word) {
    const auto text = read_small_file_at(directory, file);
    if (!text) return false;
    const auto words = split_blanks(*text);
    return std::ranges::find(words, word) != words.end();
}

// A process beside this one; 0 stands for one out of sight.
std::optional<pid_t> find_other(int directory) {
    const auto text = read_small_file_at(directory, "cgroup.procs");
    if (!text) return std::nullopt;
    for (const std::string_view word : split_blanks(*text)) {
        pid_t pid = 0;
        std::from_chars(word.data(), word.data() + word.size(), pid);
        if (pid != getpid()) return pid;
    }
    return std::nullopt;
}

// A parent that has just daemonized us may need a moment to go.
std::optional<pid_t> find_lasting_other(int directory) {
    constexpr int kTries = 20;
    constexpr timespec kPause{0, 5'000'000};
    auto other = find_other(directory);
    for (int i = 0; other && i < kTries; ++i) {
        nanosleep(&kPause, nullptr);
        other = find_other(directory);
    }
    return other;
}

// Where processes live the kernel refuses an empty list of processors; what the cgroup above has
// comes to the same.
int write_setting(int directory, const CgroupSetting& setting) {
    const int code = write_control(directory, setting.file, setting.text);
    if (code != ENOSPC || !setting.text.empty()) return code;
    const auto above = read_small_file_at(directory, fmt::format("../{}.effective", setting.file));
    return above ? write_control(directory, setting.file, trim(*above)) : code;
}

void remember(std::vector<CgroupSetting>& settings, const CgroupSetting& setting) {
    const auto known = std::ranges::find(settings, setting.file, &CgroupSetting::file);
    if (known != settings.end())
        known->text = setting.text;
    else
        settings.push_back(setting);
}

}  // namespace

// --- controllers --------------------------------------------------------------------------------
std::vector<CgroupTree::Missing> CgroupTree::enable(const std::vector<std::string>& controllers) {
    std::vector<Missing> missing;
    for (const std::string& name : controllers) {
        if (controllers_.contains(name)) continue;
        if (!has_word(parent_.get(), "cgroup.controllers", name))
            missing.push_back({name, fmt::format("cgroup {} does not have it", own_path_)});
        else if (const auto done = hand_down(name); !done)
            missing.push_back({name, done.error().text});
    }
    return missing;
}

Status CgroupTree::hand_down(const std::string& controller) {
    const std::string text = "+" + controller;
    if (!has_word(parent_.get(), kHandedDown, controller)) {
        SVD_CHECK(leave_own_cgroup());
        const int code = write_control(parent_.get(), kHandedDown, text);
        if (code != 0) return fail_errno(code, "hand it down from cgroup {}", own_path_);
        lent_.push_back(controller);
    }
    if (const int code = write_control(dir_.get(), kHandedDown, text); code != 0)
        return fail_errno(code, "hand it down from cgroup {}", path_);
    controllers_.insert(controller);
    missing_.clear();
    for (const std::string& node : nodes_) hand_down_to(node);
    return {};
}

bool CgroupTree::accounts_for_memory() {
    constexpr std::chrono::seconds kFresh{1};
    const MonoTime now = read_clocks().mono;
    if (!memory_known_ || now - *memory_known_ >= kFresh) {
        memory_ = faccessat(dir_.get(), "memory.max", F_OK, 0) == 0 ||
                  has_word(dir_.get(), kHandedDown, "memory");
        memory_known_ = now;
    }
    return memory_ || has("memory");
}

// What fails here shows when a limit of a leaf is to be written.
void CgroupTree::hand_down_to(const std::string& node) {
    for (const std::string& controller : controllers_)
        write_control(dir_.get(), node + "/" + kHandedDown, "+" + controller);
}

// Beside processes the kernel hands nothing down; or, worse, it does and makes the cgroup one of
// threads, in whose children no process can live. The root of all is an exception.
Status CgroupTree::leave_own_cgroup() {
    const bool is_root = faccessat(parent_.get(), "cgroup.type", F_OK, 0) != 0;
    if (moved_ || is_root) return {};
    if (const auto other = find_lasting_other(parent_.get())) {
        const auto stat = read_proc_stat(*other);
        return fail("cgroup {} holds other processes beside svd (pid {}, {})", own_path_, *other,
                    stat ? stat->name : "unknown");
    }
    if (mkdirat(dir_.get(), kDaemonLeaf, 0755) != 0 && errno != EEXIST)
        return fail_errno(errno, "create cgroup {}/{}", path_, kDaemonLeaf);
    const int code = write_control(dir_.get(), fmt::format("{}/cgroup.procs", kDaemonLeaf), "0");
    if (code != 0) return fail_errno(code, "move svd to cgroup {}/{}", path_, kDaemonLeaf);
    moved_ = true;
    return {};
}

// Everything as it was before enable(), unless somebody still lives with the limits.
void CgroupTree::return_to_own_cgroup() {
    for (const std::string& controller : lent_) {
        write_control(dir_.get(), kHandedDown, "-" + controller);
        write_control(parent_.get(), kHandedDown, "-" + controller);
    }
    lent_.clear();
    if (!moved_) return;
    if (write_control(parent_.get(), "cgroup.procs", "0") != 0) return;
    unlinkat(dir_.get(), kDaemonLeaf, AT_REMOVEDIR);
    moved_ = false;
}

// What a former image of this daemon has set up.
void CgroupTree::take_up_controllers() {
    if (const auto text = read_small_file_at(dir_.get(), kHandedDown))
        for (const std::string_view name : split_blanks(*text)) controllers_.emplace(name);
    moved_ = read_process_cgroup(getpid()) == path_ + "/" + kDaemonLeaf;
    if (moved_) lent_.assign(controllers_.begin(), controllers_.end());
}

// --- nodes --------------------------------------------------------------------------------------
Cgroup CgroupTree::node(const std::string& part) {
    return Cgroup(*this, cgroup_leaf_name({part}));
}

Cgroup CgroupTree::leaf_below(const Cgroup& node, const std::string& part) {
    return Cgroup(*this, node.name() + "/" + cgroup_leaf_name({part}));
}

Status CgroupTree::ensure_node(const std::string& name) {
    if (mkdirat(dir_.get(), name.c_str(), 0755) == 0)
        forget_in_force(name);
    else if (errno != EEXIST)
        return fail_errno(errno, "create cgroup {}/{}", path_, name);
    if (nodes_.insert(name).second) {
        missing_.erase(name);
        hand_down_to(name);
    }
    return {};
}

// --- limits -------------------------------------------------------------------------------------
void CgroupTree::forget_in_force(const std::string& name) {
    const auto found = limits_.find(name);
    if (found == limits_.end()) return;
    found->second.in_force.clear();
    if (found->second.wanted.empty()) limits_.erase(found);
}

std::vector<CgroupSetting> CgroupTree::possible(const std::vector<CgroupSetting>& wanted) const {
    std::vector<CgroupSetting> possible;
    for (const CgroupSetting& setting : wanted)
        if (has(controller_of(setting.file))) possible.push_back(setting);
    return possible;
}

void Cgroup::assume_applied() const {
    const auto found = tree_->limits_.find(name_);
    if (found != tree_->limits_.end())
        found->second.in_force = tree_->possible(found->second.wanted);
}

void Cgroup::want(std::vector<CgroupSetting> settings) const {
    if (settings.empty() && !tree_->limits_.contains(name_)) return;
    tree_->limits_[name_].wanted = std::move(settings);
}

Result<std::vector<std::string>> Cgroup::apply() const {
    std::vector<std::string> unknown;
    const auto found = tree_->limits_.find(name_);
    if (found == tree_->limits_.end()) return unknown;
    auto& [wanted, in_force] = found->second;
    const auto directory = UniqueFd::adopt(
        openat(tree_->dir_.get(), name_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!directory) return unknown;  // ensure() comes first; there is nothing to limit
    std::vector<CgroupSetting> possible = tree_->possible(wanted);
    for (const CgroupSetting& change : setting_changes(in_force, possible)) {
        const int code = write_setting(directory.get(), change);
        if (code == ENOENT)
            unknown.push_back(change.file);
        else if (code != 0)
            return fail_errno(code, "set {} of cgroup {} to {}", change.file, path(), change.text);
        remember(in_force, change);
    }
    in_force = std::move(possible);
    return unknown;
}

// --- after a crash ------------------------------------------------------------------------------
namespace {

// From below, as the kernel wants it. 0 or an errno.
int take_back(const std::string& directory, int levels) {
    const auto fd =
        UniqueFd::adopt(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) return errno == ENOENT ? 0 : errno;
    const auto handed_down = read_small_file_at(fd.get(), kHandedDown);
    if (!handed_down || trim(*handed_down).empty()) return 0;  // nor do those below
    std::error_code error;
    if (levels > 0)
        for (const auto& entry : std::filesystem::directory_iterator(directory, error))
            if (entry.is_directory(error))
                if (const int code = take_back(entry.path().string(), levels - 1); code != 0)
                    return code;
    for (const std::string_view controller : split_blanks(*handed_down))
        if (const int code = write_control(fd.get(), kHandedDown, fmt::format("-{}", controller));
            code != 0)
            return code;
    return 0;
}

}  // namespace

Status release_controllers(const std::string& own) {
    constexpr int kLevels = 2;  // trees and their nodes
    if (const int code = take_back(own, kLevels); code != 0)
        return fail_errno(code, "take the controllers back from cgroup {}", own);
    return {};
}

Status release_controllers() {
    constexpr std::string_view kControl = "/.control";
    SVD_TRY(const CgroupPlace place, find_own_cgroup());
    std::string own = place.directory;
    if (own.ends_with(kControl)) own.resize(own.size() - kControl.size());
    return release_controllers(own);
}

}  // namespace svd::os
