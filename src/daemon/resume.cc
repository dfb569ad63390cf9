#include "daemon/resume.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "daemon/child_environment.h"
#include "daemon/main_log.h"
#include "daemon/take_over.h"
#include "linux/handover.h"
#include "linux/spawn_memory.h"
#include "state/codec.h"

namespace svd::daemon {

namespace {
Result<state::Snapshot> read_state(int fd) {
    SVD_TRY(const std::string bytes, os::read_whole_file(fd));
    return state::decode(bytes);
}
}  // namespace

std::optional<int> state_descriptor() {
    const std::string name(kStateVariable);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    const std::string_view text = value;
    int fd = -1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), fd);
    ::unsetenv(name.c_str());
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || fd < 0)
        return std::nullopt;
    return fd;
}

Status can_resume(int state_fd) {
    SVD_TRY(const auto snapshot, read_state(state_fd));
    static_cast<void>(snapshot);
    return {};
}

Result<Setup> resume(Startup& startup, const Options& options, int state_fd, log::DaemonLog& log) {
    const auto file = UniqueFd::adopt(state_fd);
    SVD_TRY(auto snapshot, read_state(state_fd));
    SVD_CHECK(os::set_at_exec(state::descriptors_of(snapshot), os::AtExec::Close));
    os::keep_libraries_out_of_children();

    Setup setup;
    setup.config = restore_config(snapshot.configured, snapshot.group_configs);
    SVD_CHECK(open_main_log(log, setup.config->daemon, setup.config->daemon.nodaemon));
    // Named, so that it is not searched for: it may be gone, and that is no trouble before a
    // reread.
    Options named = options;
    named.config_path = setup.config->path;
    SVD_TRY(startup.request, make_request(named));
    startup.request.working_directory = snapshot.working_directory;
    startup.environment = startup.request.environment;
    for (const auto& limit : snapshot.child_limits)
        startup.limits.push_back({limit.resource, {limit.soft, limit.hard}});
    startup.pidfile = os::PidFile::take_up(snapshot.pidfile);
    startup.first = false;

    setup.request = startup.request;
    setup.environment = startup.environment;
    setup.limits = startup.limits;
    SVD_TRY(setup.servers, adopt_servers(snapshot.servers, *setup.config));
    setup.first_serial = snapshot.next_serial;
    setup.first_listener_serial = snapshot.next_listener_serial;
    setup.upgrades = snapshot.upgrades + 1;
    setup.keeper = {keeper_base(*setup.config, snapshot.working_directory), 0};
    setup.started = snapshot.started;
    setup.resume = std::move(snapshot);
    return setup;
}

}  // namespace svd::daemon
