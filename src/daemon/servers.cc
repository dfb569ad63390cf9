#include "daemon/servers.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <sys/stat.h>

namespace svd::daemon {

namespace {
Result<OpenServer> opened(Result<os::Listener> listener, const std::string& section,
                          const std::optional<config::HttpAuth>& auth) {
    if (!listener)
        return std::unexpected(
            Error{listener.error().code, os::http_server_failure(listener.error())});
    return OpenServer{section, *std::move(listener), auth};
}

Result<OpenServer> open_unix(const config::UnixServerConfig& server) {
    os::UnixSocketSpec spec;
    spec.path = server.path;
    spec.mode = server.mode;
    spec.uid = server.owner.uid;
    spec.gid = server.owner.gid;
    spec.on_stale = [](std::string_view text) { fmt::print(stderr, "{}\n", text); };
    return opened(os::listen_unix(spec), server.section, server.auth);
}

bool is_gone(const std::string& path) {
    struct stat there{};
    return ::lstat(path.c_str(), &there) != 0 && errno == ENOENT;
}
}  // namespace

Result<std::vector<OpenServer>> open_servers(const config::Config& config,
                                             os::PassedSockets& passed) {
    std::vector<OpenServer> servers;
    for (const auto& server : config.inet_servers) {
        os::TcpSocketSpec spec;
        spec.host = server.host;
        spec.port = static_cast<std::uint16_t>(server.port);
        auto socket = passed.listen_tcp(spec.port);
        if (socket && !*socket) socket = os::listen_tcp(spec);
        SVD_TRY(auto one, opened(std::move(socket), server.section, server.auth));
        servers.push_back(std::move(one));
    }
    for (const auto& server : config.unix_servers) {
        auto socket = passed.listen_unix(server.path);
        auto one = socket && !*socket ? open_unix(server)
                                      : opened(std::move(socket), server.section, server.auth);
        if (!one) return std::unexpected(std::move(one).error());
        servers.push_back(*std::move(one));
    }
    for (const auto& address : passed.unused())
        fmt::print(stderr,
                   "Warning: no server of the configuration listens on {}, which the service "
                   "manager has passed\n",
                   address);
    return servers;
}

Result<std::vector<OpenServer>> adopt_servers(const std::vector<state::Server>& saved,
                                              const config::Config& config) {
    std::vector<OpenServer> servers;
    for (const auto& one : saved) {
        if (one.fd < 0) continue;
        OpenServer server;
        server.section = one.section;
        SVD_TRY(server.listener, os::Listener::adopt(UniqueFd::adopt(one.fd), one.path));
        for (const auto& known : config.unix_servers)
            if (known.section == one.section) server.auth = known.auth;
        for (const auto& known : config.inet_servers)
            if (known.section == one.section) server.auth = known.auth;
        servers.push_back(std::move(server));
    }
    return servers;
}

bool restore_sockets(const config::Config& config, std::vector<OpenServer>& servers,
                     log::DaemonLog& log) {
    bool any = false;
    for (const auto& server : config.unix_servers) {
        const auto open = std::ranges::find(servers, server.section, &OpenServer::section);
        if (open == servers.end() || !is_gone(server.path)) continue;
        auto again = open_unix(server);
        if (!again) {
            log.error("cannot make socket {} again: {}", server.path, again.error().text);
            continue;
        }
        *open = *std::move(again);
        log.info("made socket {} again, somebody had removed it", server.path);
        any = true;
    }
    return any;
}

void log_servers(const config::Config& config, log::DaemonLog& log) {
    const auto log_one = [&](const std::string& section, bool asks_for_password) {
        for (const auto& interface : config.rpc_interfaces)
            log.info("RPC interface '{}' initialized", interface.name);
        if (!asks_for_password)
            log.critical("Server '{}' running without any HTTP authentication checking", section);
    };
    for (const auto& server : config.inet_servers) log_one(server.section, server.auth.has_value());
    for (const auto& server : config.unix_servers) log_one(server.section, server.auth.has_value());
}

}  // namespace svd::daemon
