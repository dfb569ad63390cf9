// svd: from the command line to the last exit code.
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "base/version.h"
#include "daemon/controllers.h"
#include "daemon/main_log.h"
#include "daemon/memory.h"
#include "daemon/options.h"
#include "daemon/session.h"
#include "daemon/startup.h"

namespace svd::daemon {
namespace {

constexpr int kExitOk = 0;
constexpr int kExitWarnings = 1;  // --check --strict
constexpr int kExitUsage = 2;     // command line, configuration and set-up errors

int usage_error(const Options& options, const std::string& text) {
    fmt::print(stderr, "Error: {}\nFor help, use {} -h\n", text, options.program);
    return kExitUsage;
}

int check(const Options& options, const config::LoadRequest& request) {
    auto loaded = config::load(request);
    if (loaded.config)
        for (auto& problem : controller_problems(*loaded.config))
            loaded.problems.list.push_back(std::move(problem));
    for (const auto& problem : loaded.problems.list)
        if (problem.severity != config::Severity::Info)
            fmt::print("{}\n", config::format_problem(problem));
    if (loaded.problems.has_errors()) return kExitUsage;
    if (options.strict && loaded.problems.has_warnings()) return kExitWarnings;
    if (!loaded.problems.has_warnings()) fmt::print("{}: no problems found\n", request.path);
    return kExitOk;
}

// Serves until shutdown; a restart reads the configuration again, or goes on with the one it has.
Result<void> serve(Startup& startup, std::shared_ptr<const config::Config> config,
                   std::vector<OpenServer> servers, log::DaemonLog& log) {
    std::uint64_t serial = 0;
    std::uint64_t listener_serial = 0;
    for (;;) {
        Setup setup{config,         startup.request,    startup.environment,
                    startup.limits, std::move(servers), serial,
                    listener_serial};
        SVD_TRY(auto session, Session::open(std::move(setup), log));
        SVD_TRY(const auto how, session->run());
        serial = session->next_serial();
        listener_serial = session->next_listener_serial();
        session.reset();
        startup.pidfile.remove();
        if (how == process::DaemonState::Shutdown) return {};

        auto loaded = config::load(startup.request);
        if (const auto* error = loaded.problems.first_error())
            log.error("the configuration cannot be read, going on with the old one: {}",
                      error->text);
        else
            config = std::make_shared<const config::Config>(*std::move(loaded.config));
        SVD_TRY(servers, open_servers(*config));
        SVD_CHECK(open_logs(config->daemon, log));
        log_problems(loaded.problems, log);
        log_servers(*config, log);
        SVD_CHECK(settle_in(startup, config->daemon, log));
    }
}

int run(const Options& options, config::LoadRequest request) {
    auto loaded = config::load(request);
    if (const auto* error = loaded.problems.first_error()) return usage_error(options, error->text);
    auto config = std::make_shared<const config::Config>(*std::move(loaded.config));
    for (const auto& problem : controller_problems(*config))
        if (problem.severity == config::Severity::Error) return usage_error(options, problem.text);
    if (options.config_path.empty() && ::geteuid() == 0)
        fmt::print(stderr,
                   "Warning: svd runs as root and has searched for its configuration file; using "
                   "{}. Name one with -c to be sure which it is.\n",
                   request.path);
    request.path = config->path;  // absolute, whatever directory a reread finds us in

    log::DaemonLog log;
    Startup startup;
    startup.environment = request.environment;
    startup.request = std::move(request);
    if (const auto done = become_user(startup, config->daemon, log); !done)
        return usage_error(options, done.error().text);
    auto servers = open_servers(*config);
    if (!servers) return usage_error(options, servers.error().text);
    if (const auto done = open_logs(config->daemon, log); !done)
        return usage_error(options, done.error().text);
    log_problems(loaded.problems, log);
    log_servers(*config, log);
    if (const auto done = settle_in(startup, config->daemon, log); !done)
        return usage_error(options, done.error().text);
    if (const auto done = serve(startup, std::move(config), *std::move(servers), log); !done) {
        log.critical("{}", done.error().text);
        return usage_error(options, done.error().text);
    }
    return kExitOk;
}

int main(std::span<const std::string> argv) {
    limit_memory_cache();
    ignore(os::sanitize_standard_fds(), "without /dev/null there is nobody to tell");
    ignore(os::prepare_signals(), "cannot fail for valid signal numbers");
    auto parsed = parse_options(argv);
    if (!parsed) {
        Options options;
        options.program = argv.empty() ? "svd" : argv[0];
        return usage_error(options, parsed.error().text);
    }
    const Options& options = *parsed;
    if (options.action == Action::Help) {
        fmt::print("{}", usage(options.program));
        return kExitOk;
    }
    if (options.action == Action::Version) {
        fmt::print("{}\n", kVersion);
        return kExitOk;
    }
    auto request = make_request(options);
    if (!request) return usage_error(options, request.error().text);
    if (options.action == Action::Check) return check(options, *request);
    return run(options, *std::move(request));
}

}  // namespace
}  // namespace svd::daemon

int main(int argc, char** argv) {
    return svd::daemon::main(std::vector<std::string>(argv, argv + argc));
}
