// Executor: sockets that programs are given, and programs that start when somebody comes.
#include <algorithm>
#include <chrono>
#include <iterator>

#include <fmt/format.h>

#include "daemon/child_environment.h"
#include "daemon/executor.h"
#include "daemon/kept_state.h"

namespace svd::daemon {

using process::Process;
using process::State;

namespace {
constexpr int kFirstPassed = 3;
// From a group's removal to its addition with other settings, in an update.
constexpr std::chrono::seconds kMayComeBack{10};

bool names(const config::ProcessConfig& process, const config::SocketConfig& socket) {
    return std::ranges::find(process.sockets.get(), socket) != process.sockets->end();
}

bool names(const config::Config& config, const config::SocketConfig& socket) {
    return std::ranges::any_of(config.groups, [&](const auto& group) {
        return std::ranges::any_of(group.processes,
                                   [&](const auto& process) { return names(*process, socket); });
    });
}

bool rests(const Process& process) {
    return process.data.state == State::Stopped || process.data.state == State::Exited;
}

// Given up, or out of control: starts only on request, and serves nobody.
bool is_out(const Process& process) {
    return process.data.state == State::Fatal || process.data.state == State::Unknown;
}
}  // namespace

// --- what a run is given -------------------------------------------------------------------------

std::expected<void, std::string> Executor::open_sockets(const Process& process) {
    if (process.config->sockets->empty()) return {};
    auto opened = sockets_.open(*process.config);
    if (!opened) return std::unexpected(std::move(opened).error());
    if (*opened && kept_ != nullptr) kept_->daemon_changed();
    return {};
}

void Executor::add_descriptors(const Process& process, os::SpawnSpec& spec) const {
    std::string all_names;
    int number = kFirstPassed;
    const auto add = [&](int fd, std::string_view name) {
        spec.passed.push_back({fd, number});
        if (number++ > kFirstPassed) all_names += ':';
        all_names += name;
    };
    if (!process.config->sockets->empty())
        for (const auto& [fd, name] : sockets_.of(*process.config)) add(fd, name);
    if (const auto& notify = runtime_of(process).notify)
        for (const auto& stored : notify->stored) add(stored.fd.get(), stored.name);
    if (number == kFirstPassed) return;
    set_variable(spec.env, "LISTEN_FDS", fmt::format("{}", number - kFirstPassed));
    set_variable(spec.env, "LISTEN_FDNAMES", std::move(all_names));
    spec.pid_variables.emplace_back("LISTEN_PID");
}

// --- who names them ------------------------------------------------------------------------------

void Executor::add_socket_users(const process::Group& group) {
    for (const auto& process : group.processes) {
        const auto& config = *process->config;
        for (const auto& socket : config.sockets.get())
            socket_users_[socket.name].insert(process.get());
        if (!config.start_on_connect || taking_up_) continue;
        if (const auto opened = open_sockets(*process); !opened)
            parts_.log.error("'{}' cannot be started by who connects: {}", process->namespec(),
                             opened.error());
        attend_all(*process);
    }
}

void Executor::remove_socket_users(const std::string& group) {
    std::vector<std::string> left;
    for (auto entry = socket_users_.begin(); entry != socket_users_.end();) {
        auto& [name, users] = *entry;
        const auto gone = std::erase_if(
            users, [&](const Process* process) { return process->group->name() == group; });
        if (gone > 0) left.push_back(name);
        entry = users.empty() ? socket_users_.erase(entry) : std::next(entry);
    }
    if (!left.empty()) close_unused_sockets(false);
    for (const auto& name : left) attend(name);
}

void Executor::close_unused_sockets(bool even_if_configured) {
    const auto config = last_read_ ? last_read_() : nullptr;
    bool some_may_come_back = false;
    const bool closed = sockets_.close_unless([&](const config::SocketConfig& socket) {
        const auto users = socket_users_.find(socket.name);
        if (users != socket_users_.end() &&
            std::ranges::any_of(users->second,
                                [&](const Process* user) { return names(*user->config, socket); }))
            return true;
        if (even_if_configured || !config || !names(*config, socket)) return false;
        some_may_come_back = true;
        return true;
    });
    if (closed && kept_ != nullptr) kept_->daemon_changed();
    if (!some_may_come_back) return;
    if (!unused_sockets_) {
        auto timer = os::Timer::create(parts_.loop, [this] { close_unused_sockets(true); });
        if (!timer) return parts_.log.error("{}", timer.error().text);
        unused_sockets_ = *std::move(timer);
    }
    unused_sockets_.set(now().mono + kMayComeBack);
}

// --- who comes -----------------------------------------------------------------------------------

void Executor::attend(const std::string& socket) {
    const auto found = socket_users_.find(socket);
    if (found == socket_users_.end()) return;
    bool served = fleet_->daemon_state() != process::DaemonState::Running;
    bool wanted = false;
    for (const Process* user : found->second) {
        served = served || (!rests(*user) && !is_out(*user));
        wanted = wanted || (user->config->start_on_connect && rests(*user));
    }
    if (wanted && !served)
        sockets_.watch(socket);
    else
        sockets_.stop_watching(socket);
}

void Executor::attend_all(const Process& process) {
    for (const auto& socket : process.config->sockets.get()) attend(socket.name);
}

void Executor::somebody_came(const std::string& socket) {
    const auto found = socket_users_.find(socket);
    if (found == socket_users_.end()) return;
    // A start may change who names what.
    const auto users = found->second;
    for (Process* user : users) {
        if (!user->config->start_on_connect || !rests(*user)) continue;
        parts_.log.info("starting '{}' for who has come to socket {}", user->namespec(), socket);
        fleet_->feed(*user, process::StartRequested{}, now());
    }
    if (on_change_) on_change_();
}

}  // namespace svd::daemon
