#include "daemon/servers.h"

#include <cstdio>

#include <fmt/format.h>

namespace svd::daemon {

namespace {
Result<OpenServer> opened(Result<os::Listener> listener, const std::string& section,
                          const std::optional<config::HttpAuth>& auth) {
    if (!listener)
        return std::unexpected(
            Error{listener.error().code, os::http_server_failure(listener.error())});
    return OpenServer{section, *std::move(listener), auth};
}
}  // namespace

Result<std::vector<OpenServer>> open_servers(const config::Config& config) {
    std::vector<OpenServer> servers;
    for (const auto& server : config.inet_servers) {
        os::TcpSocketSpec spec;
        spec.host = server.host;
        spec.port = static_cast<std::uint16_t>(server.port);
        SVD_TRY(auto one, opened(os::listen_tcp(spec), server.section, server.auth));
        servers.push_back(std::move(one));
    }
    for (const auto& server : config.unix_servers) {
        os::UnixSocketSpec spec;
        spec.path = server.path;
        spec.mode = server.mode;
        spec.uid = server.owner.uid;
        spec.gid = server.owner.gid;
        spec.on_stale = [](std::string_view text) { fmt::print(stderr, "{}\n", text); };
        SVD_TRY(auto one, opened(os::listen_unix(spec), server.section, server.auth));
        servers.push_back(std::move(one));
    }
    return servers;
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
