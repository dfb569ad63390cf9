#include "daemon/program_sockets.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace svd::daemon {

namespace {

constexpr std::chrono::seconds kPause{1};

os::SocketKind kind_of(config::SocketType type) {
    switch (type) {
        case config::SocketType::Datagram:
            return os::SocketKind::Datagram;
        case config::SocketType::SeqPacket:
            return os::SocketKind::SeqPacket;
        case config::SocketType::Stream:
            break;
    }
    return os::SocketKind::Stream;
}

std::string text_of(const config::SocketAddress& address) {
    if (!address.path.empty()) return address.path;
    if (address.host.find(':') != std::string::npos)
        return fmt::format("[{}]:{}", address.host, address.port);
    return fmt::format("{}:{}", address.host.empty() ? "*" : address.host, address.port);
}

std::string text_of(const config::SocketConfig& config) {
    std::string text;
    for (const auto& address : config.listen) text += (text.empty() ? "" : ", ") + text_of(address);
    return text;
}

// They block: the programs may wait in accept, and those that must not say so themselves.
Result<os::Listener> listen_on(const config::SocketConfig& config,
                               const config::SocketAddress& address) {
    const int backlog = config.backlog.value_or(SOMAXCONN);
    if (!address.path.empty()) {
        os::UnixSocketSpec spec;
        spec.path = address.path;
        spec.kind = kind_of(config.type);
        spec.mode = config.mode;
        if (config.owner) {
            spec.uid = config.owner->uid;
            spec.gid = config.owner->gid;
        }
        spec.backlog = backlog;
        spec.in_place = true;
        spec.blocking = true;
        return os::listen_unix(spec);
    }
    os::TcpSocketSpec spec;
    spec.host = address.host;
    spec.port = static_cast<std::uint16_t>(address.port);
    spec.kind = kind_of(config.type);
    spec.backlog = backlog;
    spec.blocking = true;
    spec.reuse_port = config.reuse_port;
    spec.free_bind = config.free_bind;
    spec.keep_alive = config.keep_alive;
    spec.no_delay = config.no_delay;
    return os::listen_tcp(spec);
}

}  // namespace

ProgramSockets::ProgramSockets(os::Loop& loop, log::DaemonLog& log, OnComer on_comer)
    : loop_(loop), log_(log), on_comer_(std::move(on_comer)) {}

std::expected<bool, std::string> ProgramSockets::open(const config::ProcessConfig& config) {
    bool any = false;
    for (const auto& socket : config.sockets.get()) {
        const auto opened = open(socket);
        if (!opened) return opened;
        any = any || *opened;
    }
    return any;
}

std::expected<bool, std::string> ProgramSockets::open(const config::SocketConfig& config) {
    const auto failed = [&](const std::string& why) {
        return std::unexpected(fmt::format("cannot open socket {}: {}", config.name, why));
    };
    if (const auto found = sockets_.find(config.name); found != sockets_.end()) {
        if (found->second.config == config) return false;
        return failed("it is still open with other settings");
    }
    Socket socket;
    socket.config = config;
    for (const auto& address : config.listen) {
        auto listener = listen_on(config, address);
        if (!listener) return failed(listener.error().text);
        socket.listeners.push_back(*std::move(listener));
    }
    log_.info("opened socket {} on {}", config.name, text_of(config));
    sockets_.emplace(config.name, std::move(socket));
    return true;
}

std::vector<ProgramSockets::Given> ProgramSockets::of(const config::ProcessConfig& config) const {
    std::vector<Given> given;
    for (const auto& wanted : config.sockets.get()) {
        const auto found = sockets_.find(wanted.name);
        if (found == sockets_.end()) continue;
        for (const auto& listener : found->second.listeners)
            given.push_back({listener.fd(), wanted.fd_name});
    }
    return given;
}

void ProgramSockets::watch(const std::string& name) {
    const auto found = sockets_.find(name);
    if (found == sockets_.end() || !found->second.watches.empty()) return;
    // A program that ends without taking its client would be started as fast as it can end.
    const MonoTime soonest = found->second.last_comer + kPause;
    if (os::Loop::now().mono < soonest) return watch_after(found->second, soonest);
    for (const auto& listener : found->second.listeners) {
        auto watch = os::Watch::add(loop_, listener.fd(), EPOLLIN, os::Priority::Control,
                                    [this, name](std::uint32_t) { comer(name); });
        if (watch)
            found->second.watches.push_back(*std::move(watch));
        else
            log_.error("nobody is waited for at socket {}: {}", name, watch.error().text);
    }
}

void ProgramSockets::watch_after(Socket& socket, MonoTime time) {
    if (!socket.pause) {
        auto made = os::Timer::create(loop_, [this, name = socket.config.name] { watch(name); });
        if (!made) return log_.error("{}", made.error().text);
        socket.pause = *std::move(made);
    }
    socket.pause.set(time);
}

// The name is the watch's own, and goes with it.
void ProgramSockets::comer(const std::string& name) {
    const auto found = sockets_.find(name);
    if (found == sockets_.end()) return;
    stop_watching(found->first);
    found->second.last_comer = os::Loop::now().mono;
    on_comer_(found->first);
}

void ProgramSockets::stop_watching(const std::string& name) {
    const auto found = sockets_.find(name);
    if (found == sockets_.end()) return;
    found->second.watches.clear();
    if (found->second.pause) found->second.pause.clear();
}

bool ProgramSockets::close_unless(
    const std::function<bool(const config::SocketConfig&)>& is_wanted) {
    bool any = false;
    for (auto entry = sockets_.begin(); entry != sockets_.end();) {
        auto& [name, socket] = *entry;
        if (is_wanted(socket.config)) {
            ++entry;
            continue;
        }
        log_.info("closing socket {}", name);
        socket.watches.clear();
        // A child that has not come to its exec yet would keep the port busy.
        for (auto& listener : socket.listeners) listener.stop_listening();
        entry = sockets_.erase(entry);
        any = true;
    }
    return any;
}

std::vector<state::OpenSocket> ProgramSockets::save() const {
    std::vector<state::OpenSocket> saved;
    for (const auto& [name, socket] : sockets_) {
        auto& one = saved.emplace_back();
        one.config = socket.config;
        for (const auto& listener : socket.listeners)
            one.listeners.push_back({listener.fd(), listener.path()});
    }
    return saved;
}

void ProgramSockets::restore(std::vector<state::OpenSocket> saved) {
    for (auto& one : saved) {
        Socket socket;
        socket.config = std::move(one.config);
        bool whole = true;
        for (auto& listener : one.listeners) {
            auto taken =
                os::Listener::take_up(UniqueFd::adopt(listener.fd), std::move(listener.path));
            if (taken) {
                socket.listeners.push_back(*std::move(taken));
                continue;
            }
            log_.error("cannot take up socket {}: {}", socket.config.name, taken.error().text);
            whole = false;
        }
        // The next start opens it anew.
        if (!whole) continue;
        std::string name = socket.config.name;
        sockets_.emplace(std::move(name), std::move(socket));
    }
}

}  // namespace svd::daemon
