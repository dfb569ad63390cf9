#include "linux/former_tree.h"

#include <array>
#include <cerrno>
#include <ctime>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/xattr.h>

#include "linux/cgroup_directory.h"
#include "linux/proc_info.h"

namespace svd::os {
namespace {

using detail::child_directories;
using detail::kDirectoryFlags;

constexpr const char* kMark = "user.svd";
constexpr std::size_t kLongestMark = 16384;

UniqueFd open_directory(int parent, const std::string& name) {
    return UniqueFd::adopt(openat(parent, name.c_str(), kDirectoryFlags));
}

// Who is killed closes its descriptors a moment later.
bool lock_soon(int directory) {
    constexpr int kTries = 100;
    constexpr timespec kPause{0, 10'000'000};
    for (int i = 0; i < kTries; ++i) {
        if (flock(directory, LOCK_EX | LOCK_NB) == 0) return true;
        nanosleep(&kPause, nullptr);
    }
    return false;
}

bool has_line(int directory, std::string_view line) {
    const auto events = read_small_file_at(directory, "cgroup.events");
    return events && events->find(line) != std::string::npos;
}

void add_leaf(int parent, const std::string& entry, const std::string& name,
              std::vector<FormerLeaf>& leaves) {
    const auto directory = open_directory(parent, entry);
    if (!directory) return;
    const auto events = read_small_file_at(directory.get(), "cgroup.events");
    if (!events || events->find("populated 1") == std::string::npos) return;
    FormerLeaf leaf;
    leaf.name = name;
    leaf.mark = read_cgroup_mark(directory.get());
    leaf.frozen = events->find("frozen 1") != std::string::npos;
    detail::add_pids(parent, entry, leaf.pids);
    leaves.push_back(std::move(leaf));
}

std::vector<FormerLeaf> read_leaves(int tree) {
    std::vector<FormerLeaf> leaves;
    for (const std::string& name : child_directories(tree)) {
        if (name == kDaemonLeaf) continue;
        if (name.find(':') != std::string::npos) {
            add_leaf(tree, name, name, leaves);
            continue;
        }
        const auto node = open_directory(tree, name);
        if (!node) continue;
        for (const std::string& leaf : child_directories(node.get()))
            add_leaf(node.get(), leaf, fmt::format("{}/{}", name, leaf), leaves);
    }
    return leaves;
}

}  // namespace

Status mark_cgroup(int directory, const std::string& text) {
    if (text.size() > kLongestMark) return fail_errno(E2BIG, "mark a cgroup");
    if (fsetxattr(directory, kMark, text.data(), text.size(), 0) != 0)
        return fail_errno(errno, "mark a cgroup");
    return {};
}

std::string read_cgroup_mark(int directory) {
    std::array<char, kLongestMark> buffer;
    const ssize_t size = fgetxattr(directory, kMark, buffer.data(), buffer.size());
    return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

std::vector<FormerTree> find_former_trees(const std::string& mark) {
    std::vector<FormerTree> trees;
    const auto place = find_own_cgroup();
    if (!place) return trees;
    const auto own = UniqueFd::adopt(open(place->directory.c_str(), kDirectoryFlags));
    if (!own) return trees;
    for (const std::string& name : child_directories(own.get())) {
        if (!name.starts_with("svd-")) continue;
        FormerTree tree{*place, name, open_directory(own.get(), name), {}};
        if (!tree.directory || read_cgroup_mark(tree.directory.get()) != mark) continue;
        if (!has_line(tree.directory.get(), "populated 1")) continue;
        if (!lock_soon(tree.directory.get())) continue;
        tree.leaves = read_leaves(tree.directory.get());
        if (!tree.leaves.empty()) trees.push_back(std::move(tree));
    }
    return trees;
}

}  // namespace svd::os
