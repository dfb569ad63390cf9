// Looking: names, process and configuration views.
#include <algorithm>

#include "control/pending.h"
#include "control/supervisor.h"

namespace svd::control {

namespace {
std::string_view phase_of(const process::Told& told) {
    if (told.stopping) return "stopping";
    return told.reloading ? "reloading" : "";
}
}  // namespace

Namespec split_namespec(std::string_view name) {
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) return {name, name};
    const auto process = name.substr(colon + 1);
    if (process.empty() || process == "*") return {name.substr(0, colon), std::nullopt};
    return {name.substr(0, colon), process};
}

Supervisor::Supervisor(process::Fleet& fleet, Host& host,
                       std::shared_ptr<const config::Config> config)
    : fleet_(fleet),
      host_(host),
      config_(std::move(config)),
      identifier_(config_->daemon.identifier) {}

Supervisor::~Supervisor() = default;

Outcome<void> Supervisor::admit() const {
    if (fleet_.daemon_state() != process::DaemonState::Running)
        return refuse(FaultCode::ShutdownState);
    return {};
}

Outcome<process::Process*> Supervisor::find_one(std::string_view name) const {
    const auto spec = split_namespec(name);
    auto* process = spec.process ? fleet_.find(spec.group, *spec.process) : nullptr;
    if (!process) return refuse(FaultCode::BadName, std::string(name));
    return process;
}

std::string Supervisor::description_of(const process::Process& process, const Now& now) const {
    auto text = describe(process.data, now);
    // Behind the rest: clients look for "pid 1, uptime 0:00:10" at the beginning.
    if (host_.pause_state(process).paused) text += text.empty() ? "paused" : ", paused";
    return text;
}

std::string Supervisor::told_text(const process::Process& process) const {
    if (!process.config->readiness->notifies()) return {};
    const auto& told = host_.told(process);
    std::string text(phase_of(told));
    if (!text.empty() && !told.status.empty()) text += ", ";
    return text + told.status;
}

ProcessInfo Supervisor::info_of(const process::Process& process, const Now& now) const {
    const auto& data = process.data;
    ProcessInfo info;
    info.name = process.name();
    info.group = process.group->name();
    info.start = epoch_seconds(data.laststart);
    info.stop = epoch_seconds(data.laststop);
    info.now = epoch_seconds(now.wall);
    info.state = data.state;
    info.spawnerr = data.spawnerr;
    info.exitstatus = data.exit ? data.exit->rpc_value() : 0;
    info.stdout_logfile = host_.log_path(process, Channel::Stdout);
    info.stderr_logfile = host_.log_path(process, Channel::Stderr);
    info.pid = data.leader_gone ? 0 : data.pid;
    info.paused = host_.pause_state(process).paused;
    const auto& told = host_.told(process);
    info.status_text = told.status;
    info.phase = phase_of(told);
    info.description = description_of(process, now);
    return info;
}

Outcome<ProcessInfo> Supervisor::process_info(std::string_view name) {
    auto process = find_one(name);
    if (!process) return std::unexpected(process.error());
    host_.collect_children();
    return info_of(**process, host_.now());
}

void Supervisor::each_process_info(const std::function<void(const ProcessInfo&)>& visit) {
    host_.collect_children();
    const Now now = host_.now();
    for (const auto* process : fleet_.processes_by_name()) visit(info_of(*process, now));
}

void Supervisor::each_status(
    const std::function<void(const process::Process&, std::string_view)>& visit) {
    host_.collect_children();
    const Now now = host_.now();
    for (const auto* process : fleet_.processes_by_name()) {
        auto text = description_of(*process, now);
        if (const auto told = told_text(*process); !told.empty())
            text += (text.empty() ? "" : ", ") + told;
        visit(*process, text);
    }
}

void Supervisor::each_process(const std::function<void(const process::Process&)>& visit) const {
    for (const auto* process : fleet_.processes_by_name()) visit(*process);
}

void Supervisor::each_group(const std::function<void(const process::Group&)>& visit) const {
    auto groups = fleet_.groups_by_priority();
    std::ranges::sort(groups, {}, &process::Group::name);
    for (const auto* group : groups) visit(*group);
}

ProcessInfo Supervisor::info(const process::Process& process) const {
    return info_of(process, host_.now());
}

Usage Supervisor::usage(const process::Process& process) const {
    return host_.usage(process, false);
}

std::vector<ConfigInfo> Supervisor::all_config_info() const {
    const auto log_text = [&](const config::GroupConfig& group,
                              const config::ProcessConfig& process, Channel channel) {
        const config::LogConfig& log =
            channel == Channel::Stdout ? process.stdout_log : process.stderr_log;
        switch (log.target) {
            case config::LogTarget::None:
                return std::string("none");
            case config::LogTarget::File:
                return log.path;
            case config::LogTarget::Auto:
                break;
        }
        const auto* running = fleet_.find(group.name, process.name);
        const auto path = running ? host_.log_path(*running, channel) : std::string();
        return path.empty() ? std::string("auto") : path;
    };
    std::vector<ConfigInfo> all;
    for (const auto& group : config_->groups)
        for (const auto& process : group.processes) {
            ConfigInfo info;
            info.process = process.get();
            info.group = &group;
            info.in_use = fleet_.find_group(group.name) != nullptr;
            info.stdout_logfile = log_text(group, *process, Channel::Stdout);
            info.stderr_logfile = log_text(group, *process, Channel::Stderr);
            all.push_back(std::move(info));
        }
    std::ranges::stable_sort(
        all, {}, [](const ConfigInfo& info) -> const std::string& { return info.process->name; });
    return all;
}

}  // namespace svd::control
