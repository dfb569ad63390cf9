// The daemon as a whole: shutdown, restart, configuration and groups.
#include <algorithm>

#include <fmt/format.h>

#include "config/diff.h"
#include "control/pending.h"
#include "control/supervisor.h"

namespace svd::control {

Outcome<void> Supervisor::shutdown() {
    return host_.request_shutdown(process::DaemonState::Shutdown);
}

Outcome<void> Supervisor::restart() {
    return host_.request_shutdown(process::DaemonState::Restarting);
}

void Supervisor::upgrade(Done<void> done) {
    host_.upgrade(std::move(done));
}

// The first of several begins it, the last one ends it.
void Supervisor::tell_reloading(bool active) {
    const int before = reloading_;
    reloading_ += active ? 1 : -1;
    if (observer_ != nullptr && (before == 0 || reloading_ == 0)) observer_->reloading(active);
}

Outcome<ReloadResult> Supervisor::reload_config() {
    tell_reloading(true);
    auto read = host_.read_config();
    tell_reloading(false);
    if (!read) return refuse(FaultCode::CantReread, read.error().text);
    config_ = *std::move(read);
    std::vector<const config::GroupConfig*> running;
    for (const auto* group : fleet_.groups_by_priority()) running.push_back(group->config.get());
    auto diff = config::diff_groups(running, config_->groups);
    host_.log(config::LogLevel::Info,
              fmt::format("configuration read again: {} groups added, {} changed, {} removed",
                          diff.added.size(), diff.changed.size(), diff.removed.size()));
    for (const std::string& name : diff.relimited) take_limits(name);
    return ReloadResult{std::move(diff.added), std::move(diff.changed), std::move(diff.removed)};
}

// What update would do for other changes, at once and without a restart.
void Supervisor::take_limits(const std::string& name) {
    auto* group = fleet_.find_group(name);
    const auto wanted = std::ranges::find(config_->groups, name, &config::GroupConfig::name);
    if (group == nullptr || wanted == config_->groups.end()) return;
    const auto before = group->config;
    fleet_.replace_config(*group, std::make_shared<const config::GroupConfig>(*wanted));
    host_.limits_changed(*group, *before);
}

Outcome<void> Supervisor::add_group(std::string_view name) {
    for (const auto& group : config_->groups) {
        if (group.name != name) continue;
        if (fleet_.find_group(name)) return refuse(FaultCode::AlreadyAdded, std::string(name));
        // A copy, which shares its processes: a group that lives long must not keep the rest of
        // the configuration that it came from.
        auto& added = fleet_.add_group(std::make_shared<const config::GroupConfig>(group));
        fleet_.queue_autostart(added);
        host_.log(config::LogLevel::Info, fmt::format("added process group {}", name));
        host_.settle_soon();
        return {};
    }
    return refuse(FaultCode::BadName, std::string(name));
}

Outcome<void> Supervisor::remove_group(std::string_view name) {
    host_.collect_children();
    const auto* group = fleet_.find_group(name);
    if (!group) return refuse(FaultCode::BadName, std::string(name));
    if (!group->all_stopped()) return refuse(FaultCode::StillRunning, std::string(name));
    forget_group(*group);
    if (!fleet_.remove_group(name)) return refuse(FaultCode::StillRunning, std::string(name));
    host_.log(config::LogLevel::Info, fmt::format("removed process group {}", name));
    return {};
}

void Supervisor::send_remote_comm_event(std::string_view type, std::string_view data) {
    host_.remote_communication(type, data);
}

}  // namespace svd::control
