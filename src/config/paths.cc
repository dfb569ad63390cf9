#include "config/paths.h"

#include <vector>

#include "base/strings.h"

namespace svd::config {

std::string dir_name(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return {};
    std::string_view head = path.substr(0, slash + 1);
    const std::size_t last = head.find_last_not_of('/');
    if (last != std::string_view::npos) head = head.substr(0, last + 1);
    return std::string(head);
}

std::string join_path(std::string_view a, std::string_view b) {
    if (b.starts_with('/') || a.empty()) return std::string(b);
    std::string joined(a);
    if (!joined.ends_with('/')) joined += '/';
    joined += b;
    return joined;
}

std::string normal_path(std::string_view path) {
    if (path.empty()) return ".";
    std::string lead;
    if (path.starts_with('/'))
        lead = path.starts_with("//") && !path.starts_with("///") ? "//" : "/";
    std::vector<std::string> parts;
    for (const auto part : split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part != ".." || (lead.empty() && parts.empty()) ||
            (!parts.empty() && parts.back() == ".."))
            parts.emplace_back(part);
        else if (!parts.empty())
            parts.pop_back();
    }
    const std::string joined = lead + join(parts, "/");
    return joined.empty() ? "." : joined;
}

std::string absolute_path(std::string_view path, std::string_view working_directory) {
    return normal_path(join_path(working_directory, path));
}

std::string expand_user(std::string_view path, const Environment& environment, const Host& host) {
    if (!path.starts_with('~')) return std::string(path);
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string name(path.substr(1, slash - 1));
    std::string home;
    if (name.empty()) {
        const auto variable = environment.find("HOME");
        if (variable != environment.end()) {
            home = variable->second;
        } else {
            const auto user = host.user_by_id(host.current_user());
            if (!user) return std::string(path);
            home = user->home;
        }
    } else {
        const auto user = host.user_by_name(name);
        if (!user) return std::string(path);
        home = user->home;
    }
    while (home.ends_with('/')) home.pop_back();
    std::string expanded = home + std::string(path.substr(slash));
    return expanded.empty() ? "/" : expanded;
}

}  // namespace svd::config
