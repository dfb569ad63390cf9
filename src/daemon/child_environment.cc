#include "daemon/child_environment.h"

#include <algorithm>
#include <array>

namespace svd::daemon {

namespace {
// What systemd tells this daemon about itself and children must not take for theirs.
constexpr auto kDaemonOnly = std::to_array<std::string_view>(
    {"NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
     "FDSTORE", "MAINPID", "MANAGERPID", kStateVariable});

// A start joins some thirty of them: no format is looked at.
std::string entry_of(std::string_view name, std::string_view value) {
    std::string entry;
    entry.reserve(name.size() + 1 + value.size());
    return entry.append(name).append(1, '=').append(value);
}

}  // namespace

std::vector<std::string> child_environment(const config::Environment& inherited,
                                           const config::ProcessConfig& config,
                                           std::string_view group, std::string_view server_url) {
    config::Environment own;
    own["SUPERVISOR_ENABLED"] = "1";
    const std::string_view url =
        config.serverurl ? std::string_view(*config.serverurl) : server_url;
    if (!url.empty()) own["SUPERVISOR_SERVER_URL"] = url;
    own["SUPERVISOR_PROCESS_NAME"] = config.name;
    own["SUPERVISOR_GROUP_NAME"] = group;
    for (const auto& [name, value] : *config.environment) own[name] = value;

    std::vector<std::string> entries;
    entries.reserve(inherited.size() + own.size());
    for (const auto& [name, value] : inherited)
        if (!own.contains(name)) entries.push_back(entry_of(name, value));
    for (const auto& [name, value] : own) entries.push_back(entry_of(name, value));
    return entries;
}

void set_variable(std::vector<std::string>& entries, std::string_view name, std::string value) {
    const auto prefix = entry_of(name, {});
    std::erase_if(entries, [&](const auto& entry) { return entry.starts_with(prefix); });
    entries.push_back(prefix + std::move(value));
}

config::Environment inheritable_environment(char** environment) {
    config::Environment map;
    for (char** entry = environment; *entry; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) continue;
        const auto name = text.substr(0, equals);
        if (std::ranges::find(kDaemonOnly, name) != kDaemonOnly.end()) continue;
        map.emplace(name, text.substr(equals + 1));
    }
    return map;
}

}  // namespace svd::daemon
