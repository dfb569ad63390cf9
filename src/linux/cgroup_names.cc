// The pure half of cgroup.h: names and places.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include <limits.h>

#include "base/strings.h"
#include "linux/cgroup.h"

namespace svd::os {
namespace {

void append_escaped(std::string& out, char c) {
    out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
}

bool is_lower_letter(char c) {
    return c >= 'a' && c <= 'z';
}

// Every control file is called <controller>.<something>.
std::size_t dot_of_control_file(std::string_view part) {
    std::size_t i = 0;
    while (i < part.size() && is_lower_letter(part[i])) ++i;
    return i < part.size() && part[i] == '.' ? i : std::string_view::npos;
}

std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3;
    }
    return hash;
}

// mountinfo writes blanks, tabs, newlines and backslashes as \ooo.
std::string unescape_octal(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = [&](std::size_t at) {
            return at < text.size() && text[at] >= '0' && text[at] <= '7' ? text[at] - '0' : -1;
        };
        if (text[i] == '\\' && digit(i + 1) >= 0 && digit(i + 2) >= 0 && digit(i + 3) >= 0) {
            out += static_cast<char>(digit(i + 1) * 64 + digit(i + 2) * 8 + digit(i + 3));
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::optional<std::string> v2_path(std::string_view self_cgroup) {
    for (const std::string_view line : split(self_cgroup, '\n'))
        if (line.starts_with("0::/")) return std::string(line.substr(3));
    return std::nullopt;
}

// What is left of `path` below `root`: "" or "/...". Empty optional when it is not below.
std::optional<std::string> below(const std::string& path, const std::string& root) {
    if (root == "/") return path == "/" ? "" : path;
    if (path == root) return "";
    if (path.starts_with(root + "/")) return path.substr(root.size());
    return std::nullopt;
}

// Of "/x/svd-1/.daemon": "/x".
std::string without_daemon_leaf(std::string path) {
    const std::string leaf = fmt::format("/{}", kDaemonLeaf);
    if (!path.ends_with(leaf)) return path;
    const std::string tree = path.substr(0, path.size() - leaf.size());
    const auto slash = tree.rfind('/');
    if (slash == std::string::npos || !tree.substr(slash).starts_with("/svd-")) return path;
    return slash == 0 ? "/" : tree.substr(0, slash);
}

}  // namespace

std::string escape_cgroup_part(std::string_view part) {
    if (part.empty()) return "%";
    std::string out;
    const std::size_t dot = dot_of_control_file(part);
    for (std::size_t i = 0; i < part.size(); ++i) {
        const char c = part[i];
        const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        if (is_control || c == '/' || c == '%' || c == ':' || i == dot)
            append_escaped(out, c);
        else
            out += c;
    }
    return out;
}

std::string cgroup_leaf_name(const std::vector<std::string>& parts) {
    constexpr std::size_t kLongest = 200;
    std::string name;
    for (const std::string& part : parts) {
        if (!name.empty()) name += ':';
        name += escape_cgroup_part(part);
    }
    if (name.size() <= kLongest) return name;
    return fmt::format("{}%~{:016x}", name.substr(0, kLongest), fnv1a(name));
}

std::vector<std::string> cgroup_name_parts(std::string_view name) {
    std::vector<std::string> parts;
    for (const std::string_view escaped : split(name, ':')) {
        std::string& part = parts.emplace_back();
        for (std::size_t i = 0; i < escaped.size(); ++i) {
            unsigned char c = 0;
            const auto* end = escaped.data() + std::min(i + 3, escaped.size());
            if (escaped[i] == '%' &&
                std::from_chars(escaped.data() + i + 1, end, c, 16).ptr == escaped.data() + i + 3) {
                part += static_cast<char>(c);
                i += 2;
            } else if (escaped != "%") {
                part += escaped[i];
            }
        }
    }
    return parts;
}

std::vector<std::string> CgroupTree::parts_of(std::string_view path) const {
    if (!path.starts_with(path_ + "/")) return {};
    path.remove_prefix(path_.size() + 1);
    const auto directories = split(path, '/');
    auto parts = cgroup_name_parts(directories[0]);
    if (parts.size() == 1 && directories.size() > 1)
        parts.push_back(cgroup_name_parts(directories[1])[0]);
    return parts;
}

Result<CgroupPlace> find_own_cgroup(std::string_view mountinfo, std::string_view self_cgroup) {
    auto path = v2_path(self_cgroup);
    if (!path) return fail("this process is in no cgroup v2");
    path = without_daemon_leaf(*std::move(path));
    if (path->starts_with("/../") || *path == "/..")
        return fail("the own cgroup {} is outside of the cgroup namespace", *path);
    bool mounted = false;
    for (const std::string_view line : split(mountinfo, '\n')) {
        // id parent major:minor root mountpoint options [optional ...] - type source superoptions
        const auto fields = split_blanks(line);
        constexpr std::size_t kRoot = 3, kMountPoint = 4, kOptional = 6;
        std::size_t dash = kOptional;
        while (dash < fields.size() && fields[dash] != "-") ++dash;
        if (dash + 1 >= fields.size() || fields[dash + 1] != "cgroup2") continue;
        mounted = true;
        if (const auto rest = below(*path, unescape_octal(fields[kRoot])))
            return CgroupPlace{unescape_octal(fields[kMountPoint]) + *rest, *path};
    }
    if (!mounted) return fail("cgroup v2 is not mounted");
    return fail("the own cgroup {} is not below any cgroup v2 mount", *path);
}

}  // namespace svd::os
