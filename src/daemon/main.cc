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
#include "daemon/resume.h"
#include "daemon/session.h"
#include "daemon/startup.h"
#include "daemon/tab.h"
#include "daemon/take_over.h"
#include "linux/notify.h"
#include "linux/signals.h"
#include "linux/users.h"

namespace svd::daemon {
namespace {

constexpr int kExitOk = 0;
constexpr int kExitWarnings = 1;  // --check --strict
constexpr int kExitUsage = 2;     // command line, configuration and set-up errors

int usage_error(const Options& options, const Error& error) {
    fmt::print(stderr, "Error: {}\nFor help, use {} -h\n", error.text, options.program);
    os::Notifier().failed(error);
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

// Serves until shutdown and answers the exit code; a restart reads the configuration again, or goes
// on with the one it has.
Result<int> serve(Startup& startup, Setup setup, log::DaemonLog& log) {
    for (;;) {
        auto config = setup.config;
        auto next = setup.for_restart();
        setup.pidfile = startup.pidfile.path();
        SVD_TRY(auto session, Session::open(std::move(setup), log));
        SVD_TRY(const auto how, session->run());
        next.first_serial = session->next_serial();
        next.first_listener_serial = session->next_listener_serial();
        const int exit_code = session->exit_code();
        session.reset();
        startup.pidfile.remove();
        if (how == process::DaemonState::Shutdown) return exit_code;

        auto loaded = config::load(startup.request);
        if (const auto* error = loaded.problems.first_error())
            log.error("the configuration cannot be read, going on with the old one: {}",
                      error->text);
        else
            config = std::make_shared<const config::Config>(*std::move(loaded.config));
        SVD_TRY(next.servers, open_servers(*config, startup.passed));
        SVD_CHECK(open_logs(startup, config->daemon, log));
        log_problems(loaded.problems, log);
        log_servers(*config, log);
        SVD_CHECK(settle_in(startup, config->daemon, log));
        next.config = std::move(config);
        setup = std::move(next);
    }
}

int serve_to_the_end(const Options& options, Startup& startup, Setup setup,
                     std::span<const std::string> argv, log::DaemonLog& log) {
    setup.argv.assign(argv.begin(), argv.end());
    const auto exit_code = serve(startup, std::move(setup), log);
    if (exit_code) return *exit_code;
    log.critical("{}", exit_code.error().text);
    return usage_error(options, exit_code.error());
}

// What an earlier daemon has left behind; empty when there is none.
Result<std::optional<Inheritance>> after_a_crash(const config::Config& config,
                                                 const KeeperName& keeper) {
    auto inheritance = find_inheritance(keeper.base);
    if (inheritance && *inheritance) return inheritance;
    if (inheritance) return find_former_programs(config, keeper.base);
    return fail(
        "cannot take over the programs of a crashed svd: {}. They still run; end them and the "
        "process svd-keeper to start anew",
        inheritance.error().text);
}

// As another program of the same process: nothing is opened, written or started anew.
int go_on(const Options& options, int state_fd, std::span<const std::string> argv) {
    log::DaemonLog log;
    Startup startup;
    auto setup = resume(startup, options, state_fd, log);
    if (!setup) {
        log.critical("cannot go on from the state of the earlier svd: {}", setup.error().text);
        return usage_error(options, setup.error());
    }
    return serve_to_the_end(options, startup, *std::move(setup), argv, log);
}

int check_state() {
    if (const auto checked = can_resume(STDIN_FILENO); !checked) {
        fmt::print(stderr, "{}\n", checked.error().text);
        return kExitUsage;
    }
    fmt::print("svd {} can go on from this state\n", kVersion);
    return kExitOk;
}

int run(const Options& options, config::LoadRequest request, std::span<const std::string> argv) {
    auto loaded = config::load(request);
    if (const auto* error = loaded.problems.first_error())
        return usage_error(options, {0, error->text});
    auto config = std::make_shared<const config::Config>(*std::move(loaded.config));
    for (const auto& problem : controller_problems(*config))
        if (problem.severity == config::Severity::Error)
            return usage_error(options, {0, problem.text});
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
        return usage_error(options, done.error());
    const KeeperName keeper{keeper_base(*config, startup.request.working_directory)};
    auto earlier = after_a_crash(*config, keeper);
    if (!earlier) return usage_error(options, earlier.error());
    startup.keep_auto_logs = earlier->has_value();
    auto servers = open_servers(*config, startup.passed);
    if (!servers) return usage_error(options, servers.error());
    if (const auto done = open_logs(startup, config->daemon, log); !done)
        return usage_error(options, done.error());
    log_problems(loaded.problems, log);
    log_servers(*config, log);
    if (const auto done = settle_in(startup, config->daemon, log); !done)
        return usage_error(options, done.error());
    Setup setup;
    setup.config = std::move(config);
    setup.request = startup.request;
    setup.environment = startup.environment;
    setup.limits = startup.limits;
    setup.servers = *std::move(servers);
    setup.keeper = keeper;
    setup.started = read_clocks().wall;
    if (*earlier) take_over(setup, **std::move(earlier), log);
    return serve_to_the_end(options, startup, std::move(setup), argv, log);
}

int main(std::span<const std::string> argv) {
    limit_memory_cache();
    ignore(os::sanitize_standard_fds(), "without /dev/null there is nobody to tell");
    ignore(os::prepare_signals(), "cannot fail for valid signal numbers");
    auto parsed = parse_options(argv);
    if (!parsed) {
        Options options;
        options.program = argv.empty() ? "svd" : argv[0];
        return usage_error(options, parsed.error());
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
    if (options.action == Action::Tab) {
        fmt::print("{}", tab_text(options.words));
        return kExitOk;
    }
    if (options.action == Action::ReleaseCgroup) {
        if (const auto done = os::release_controllers(); !done)
            return usage_error(options, done.error());
        return kExitOk;
    }
    if (options.action == Action::CheckState) return check_state();
    if (const auto state_fd = state_descriptor()) return go_on(options, *state_fd, argv);
    auto request = make_request(options);
    if (!request) return usage_error(options, request.error());
    if (options.action == Action::Check) return check(options, *request);
    return run(options, *std::move(request), argv);
}

}  // namespace
}  // namespace svd::daemon

int main(int argc, char** argv) {
    return svd::daemon::main(std::vector<std::string>(argv, argv + argc));
}
