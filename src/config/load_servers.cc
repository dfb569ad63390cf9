#include "config/load_servers.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "config/load_program.h"
#include "config/plugins.h"
#include "config/python_space.h"
#include "config/values.h"

namespace svd::config {

namespace {

constexpr std::string_view kFactoryOption = "supervisor.rpcinterface_factory";

template <class Load>
void each_section(LoadContext& context, SectionKind kind, Load load) {
    for (const Section& section : context.document.sections()) {
        const SectionKindRow* row = find_section_kind(section.name);
        if (row == nullptr || row->kind != kind) continue;
        SectionReader reader(context, kind, section);
        load(reader);
    }
}

std::optional<HttpAuth> read_auth(LoadContext& context, SectionReader& reader) {
    auto username = reader.text("username", context.environment);
    auto password = reader.text("password", context.environment);
    if (username.has_value() != password.has_value())
        reader.error(username ? "username" : "password",
                     fmt::format("Section [{}] contains incomplete authentication: If a username "
                                 "or a password is specified, both the username and password must "
                                 "be specified",
                                 reader.section().name));
    // An empty name has always meant no authentication.
    if (!username || !password || username->empty()) return std::nullopt;
    return HttpAuth{*std::move(username), *std::move(password)};
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

void warn_if_open(SectionReader& reader, const InetServerConfig& server) {
    if (server.auth || is_loopback(server.host)) return;
    reader.warn("port",
                fmt::format("[{}] can be reached from other machines and asks for no password",
                            server.section),
                "set username and password, or listen on 127.0.0.1");
}

}  // namespace

std::vector<RpcInterface> load_rpc_interfaces(LoadContext& context) {
    std::vector<RpcInterface> interfaces;
    each_section(context, SectionKind::RpcInterface, [&](SectionReader& reader) {
        const Section& section = reader.section();
        const auto factory = reader.text(kFactoryOption, context.environment);
        if (!factory) {
            reader.error(kFactoryOption, fmt::format("section [{}] does not specify a {}",
                                                     section.name, kFactoryOption));
            return;
        }
        // All options go to the factory, those of [DEFAULT] too, so all are expanded.
        const auto expand_all = [&](const Section& from) {
            for (const Entry& entry : from.entries())
                if (entry.name != kFactoryOption)
                    (void)reader.text(entry.name, context.environment);
        };
        expand_all(section);
        expand_all(context.document.defaults());
        if (*factory == kMainFactory) {
            interfaces.push_back({std::string(section_suffix(section.name)), *factory});
            return;
        }
        reader.warn(
            kFactoryOption,
            fmt::format("[{}] {} is a Python extension, which a native program cannot load; "
                        "the interface is not served",
                        section.name, *factory),
            std::string(rpc_replacement(*factory)));
    });
    return interfaces;
}

std::vector<InetServerConfig> load_inet_servers(LoadContext& context) {
    std::vector<InetServerConfig> servers;
    each_section(context, SectionKind::InetHttpServer, [&](SectionReader& reader) {
        InetServerConfig server;
        server.section = reader.section().name;
        server.auth = read_auth(context, reader);
        if (reader.entry("port") == nullptr) {
            reader.error("port", fmt::format("section [{}] has no port value", server.section));
            return;
        }
        const auto address = reader.optional_value("port", context.environment, parse_inet_address);
        if (!address) return;
        server.host = address->host;
        server.port = address->port;
        warn_if_open(reader, server);
        servers.push_back(std::move(server));
    });
    return servers;
}

std::vector<UnixServerConfig> load_unix_servers(LoadContext& context) {
    std::vector<UnixServerConfig> servers;
    each_section(context, SectionKind::UnixHttpServer, [&](SectionReader& reader) {
        UnixServerConfig server;
        server.section = reader.section().name;
        const auto file = reader.text("file", context.environment);
        if (file)
            server.path = context.lookups.normalize(py_strip(*file));
        else
            reader.error("file", fmt::format("section [{}] has no file value", server.section));
        server.auth = read_auth(context, reader);
        const auto owner = [&](std::string_view text) -> Result<SocketOwner> {
            if (auto found = context.lookups.owner(text)) return found;
            return fail("Invalid sockchown value {}", text);
        };
        server.owner =
            reader.optional_value("chown", context.environment, owner).value_or(SocketOwner{});
        server.mode =
            reader.value("chmod", context.environment, [](std::string_view text) -> Result<mode_t> {
                if (auto mode = parse_octal(text)) return mode;
                return fail("Invalid chmod value {}", text);
            });
        if (file) servers.push_back(std::move(server));
    });
    return servers;
}

std::string server_url(const std::vector<UnixServerConfig>& unix_servers,
                       const std::vector<InetServerConfig>& inet_servers) {
    if (!unix_servers.empty()) return fmt::format("unix://{}", unix_servers.front().path);
    if (inet_servers.empty()) return {};
    const InetServerConfig& server = inet_servers.front();
    if (server.host.empty()) return fmt::format("http://localhost:{}", server.port);
    const bool v6 = server.host.find(':') != std::string::npos;
    if (v6) return fmt::format("http://[{}]:{}", server.host, server.port);
    return fmt::format("http://{}:{}", server.host, server.port);
}

}  // namespace svd::config
