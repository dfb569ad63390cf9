#include "config/load.h"

#include "config/host.h"
#include "config/load_daemon.h"
#include "config/load_groups.h"
#include "config/load_servers.h"
#include "config/load_sockets.h"
#include "config/paths.h"
#include "config/plugins.h"
#include "config/read_document.h"
#include "config/unknown_names.h"

namespace svd::config {

namespace {

Names environment_names(const Environment& environment) {
    Names names;
    for (const auto& [name, value] : environment) names.set("ENV_" + name, value);
    return names;
}

// The environment of a process is the daemon's, overlaid by its own.
void add_daemon_environment(std::vector<GroupConfig>& groups, const Environment& environment) {
    if (environment.empty()) return;
    for (GroupConfig& group : groups) {
        for (auto& process : group.processes) {
            auto changed = std::make_shared<ProcessConfig>(*process);
            Environment own = changed->environment;
            own.insert(environment.begin(), environment.end());
            changed->environment = std::move(own);
            process = std::move(changed);
        }
    }
}

void report_missing_section(const ReadFiles& files, ProblemSink& problems) {
    Problem problem;
    problem.text = ".ini file does not include supervisord section";
    problem.file = files.root->path;
    problems.add(std::move(problem));
}

Config load_sections(const LoadRequest& request, const Host& host, const ReadFiles& files,
                     Names names, ProblemSink& problems) {
    LoadContext context{request,  files.document,         files.root->here,
                        problems, Lookups(host, request), std::move(names)};
    // Without its section the daemon has all defaults, and everything else is read and reported
    // too.
    const Section absent("supervisord", files.root, 0);
    const Section* const written = files.document.find("supervisord");
    const Section& section = written != nullptr ? *written : absent;
    if (written == nullptr) report_missing_section(files, problems);
    Config config;
    config.path = absolute_path(request.path, request.working_directory);
    config.here = files.root->here;
    config.included_files = files.included;
    config.daemon = load_daemon(context, section);
    config.rpc_interfaces = load_rpc_interfaces(context);
    context.sockets = load_sockets(context);
    config.groups = load_groups(context);
    add_daemon_environment(config.groups, config.daemon.environment);
    config.inet_servers = load_inet_servers(context);
    config.unix_servers = load_unix_servers(context);
    config.server_url = server_url(config.unix_servers, config.inet_servers);
    load_daemon_user(context, section, config.daemon);
    warn_about_ctl_plugins(context);
    warn_about_unknown_names(files.document, problems);
    return config;
}

}  // namespace

LoadResult load(const LoadRequest& request) {
    return load(request, system_host());
}

LoadResult load(const LoadRequest& request, const Host& host) {
    LoadResult result;
    ProblemSink problems;
    Names names = environment_names(request.environment);
    if (const auto files = read_document(request, host, names, problems)) {
        Config config = load_sections(request, host, *files, std::move(names), problems);
        if (problems.error_count() == 0) result.config = std::move(config);
    }
    result.problems = problems.take();
    return result;
}

}  // namespace svd::config
