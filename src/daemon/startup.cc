#include "daemon/startup.h"

#include <climits>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/python_text.h"
#include "daemon/child_environment.h"
#include "daemon/main_log.h"
#include "linux/spawn_memory.h"
#include "log/auto_log.h"

namespace svd::daemon {

namespace {
Result<std::string> working_directory() {
    char buffer[PATH_MAX];
    if (!::getcwd(buffer, sizeof buffer)) return fail_errno(errno, "find the working directory");
    return std::string(buffer);
}

void clean_auto_logs(const config::DaemonConfig& config, log::DaemonLog& log) {
    if (config.nocleanup) return;
    const auto cleaned = log::remove_auto_logs(config.childlogdir, config.identifier);
    if (!cleaned) {
        log.warn("Could not clear childlog dir");
        return;
    }
    for (const auto& path : cleaned->failed) log.warn("Failed to clean up {}", py_repr(path));
}
}  // namespace

Result<config::LoadRequest> make_request(const Options& options) {
    config::LoadRequest request;
    SVD_TRY(request.working_directory, working_directory());
    request.environment = inheritable_environment(environ);
    utsname names{};
    ::uname(&names);
    request.host_node_name = names.nodename;
    request.overrides = options.overrides;
    request.path = options.config_path;
    if (!request.path.empty()) return request;
    request.path = config::find_config(options.program);
    if (request.path.empty())
        return fail(
            "No config file found at default paths ({}); use the -c option to specify a "
            "config file at a different path",
            fmt::join(config::default_paths(options.program), ", "));
    return request;
}

Status become_user(Startup& startup, const config::DaemonConfig& config, log::DaemonLog& log) {
    // Limits first: after the switch they could no longer be raised.
    SVD_TRY(auto limits, os::raise_limits(static_cast<rlim_t>(std::max(config.minfds, 0)),
                                          static_cast<rlim_t>(std::max(config.minprocs, 0))));
    startup.limits = std::move(limits.for_children);
    for (const auto& note : limits.notes) log.info("{}", note);
    if (config.user) {
        SVD_CHECK(os::drop_privileges({config.user->uid, config.user->gid, config.user->groups}));
        log.info("Set uid to user {} succeeded", config.user->uid);
    }
    return {};
}

Status open_logs(Startup& startup, const config::DaemonConfig& config, log::DaemonLog& log) {
    SVD_CHECK(open_main_log(log, config, config.nodaemon));
    if (!config.user && ::geteuid() == 0)
        log.critical(
            "Supervisor is running as root.  Privileges were not dropped because no user is "
            "specified in the config file.  If you intend to run as root, you can set user=root "
            "in the config file to avoid this message.");
    if (!std::exchange(startup.keep_auto_logs, false)) clean_auto_logs(config, log);
    return {};
}

Status settle_in(Startup& startup, const config::DaemonConfig& config, log::DaemonLog& log) {
    if (startup.first && !config.nodaemon) {
        log.info("daemonizing the supervisord process");
        SVD_CHECK(os::daemonize());
    }
    if (startup.first) os::keep_libraries_out_of_children();
    if (startup.first && config.directory) {
        if (::chdir(config.directory->c_str()) == 0)
            log.info("set current directory: {}", py_repr(*config.directory));
        else
            log.critical("can't chdir into {}: {}", py_repr(*config.directory), errno_text(errno));
    }
    if (!config.nodaemon || config.umask_given) ::umask(config.umask);
    auto pidfile = os::PidFile::write(config.pidfile);
    if (pidfile) {
        startup.pidfile = *std::move(pidfile);
        log.info("supervisord started with pid {}", ::getpid());
    } else {
        log.critical("{}", pidfile.error().text);
    }
    startup.first = false;
    return {};
}

}  // namespace svd::daemon
