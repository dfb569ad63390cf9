// Executor::spawn: from a decision to a running child with its pipes watched.
#include <cerrno>

#include <fmt/format.h>

#include "daemon/child_environment.h"
#include "daemon/executor.h"
#include "daemon/former_programs.h"
#include "daemon/kept_state.h"
#include "daemon/limit_plan.h"

namespace svd::daemon {

using process::Process;

namespace {
// "unknown error ... : {ERRNO}" and the two causes that Supervisor tells apart.
std::string spawn_failure(const Error& error, const std::string& name) {
    if (error.code == EMFILE || error.code == ENFILE)
        return fmt::format("too many open files to spawn '{}'", name);
    if (error.code == EAGAIN)
        return fmt::format("Too many processes in process table to spawn '{}'", name);
    return fmt::format("unknown error during fork for '{}': {}", name, errno_name(error.code));
}

std::optional<os::Credentials> identity(const config::ProcessConfig& config) {
    if (!config.user) return std::nullopt;
    return os::Credentials{config.user->uid, config.user->gid, config.user->groups};
}

// The child's ends; what nobody would read is /dev/null (-1).
int write_end(const Pipe& pipe) {
    return pipe.write ? pipe.write.get() : -1;
}
}  // namespace

struct Executor::Pipes {
    Pipe in;     // empty when the process has a FastCGI socket
    Pipe out;    // empty when the output goes nowhere
    Pipe err;    // empty as well when it goes where out goes
    Pipe ready;  // for ready=fd:N
};

process::Event Executor::not_started(Process& process, std::string stage, std::string why) {
    process.record(process::make_start_failure(why, std::move(stage), now()), {});
    return process::SpawnFailed{std::move(why)};
}

process::Event Executor::spawn(Process& process) {
    runtime_of(process).signal_on_request = 0;
    if (!runtime_of(process).leaf->empty()) enter_own_leaf(process);
    const auto command = find_command(*process.config, parts_.environment);
    if (!command) return not_started(process, "lookup", command.error().detail.value_or(""));
    if (process.config->fcgi_socket) {
        auto socket = fcgi_sockets_.get(*process.config);
        if (!socket) return not_started(process, "socket", std::move(socket).error());
        runtime_of(process).socket = *std::move(socket);
    }
    if (auto opened = open_sockets(process); !opened)
        return not_started(process, "socket", std::move(opened).error());
    end_output(process);
    if (const auto opened = open_notify(process); !opened)
        return not_started(process, "notify", opened.error().text);
    open_channel(process, log::Channel::Stdout);
    if (!process.config->redirect_stderr) open_channel(process, log::Channel::Stderr);
    auto child = start_child(process, *command);
    if (!child) {
        end_output(process);
        return not_started(process, "fork", std::move(child).error());
    }
    const pid_t pid = child->pid;
    runtime_of(process).scope.started(pid, child->in_cgroup);
    if (const auto adopted = adopt(process, *std::move(child)); !adopted) {
        ignore(runtime_of(process).scope.kill_all(), "nothing more can be done for this child");
        end_output(process);
        return not_started(process, "fork", spawn_failure(adopted.error(), process.name()));
    }
    return process::Spawned{pid};
}

Status Executor::adopt(Process& process, os::Child child) {
    return parts_.children.adopt(
        std::move(child), [this, &process, run = process.data.run](const os::ExitReport& report) {
            child_ended(process, run, report);
        });
}

Result<Executor::Pipes> Executor::make_pipes(const Process& process) {
    const auto& runtime = runtime_of(process);
    Pipes pipes;
    if (!runtime.socket) {
        SVD_TRY(pipes.in, make_pipe());
    }
    if (runtime.out.channel || is_listener(process)) {
        SVD_TRY(pipes.out, make_pipe());
    }
    if (runtime.err.channel) {
        SVD_TRY(pipes.err, make_pipe());
    }
    if (process.config->readiness->by == config::ReadyBy::Descriptor) {
        SVD_TRY(pipes.ready, make_pipe());
    }
    return pipes;
}

os::SpawnSpec Executor::make_spec(const Process& process, const Command& command,
                                  const Pipes& pipes) {
    const auto& config = *process.config;
    os::SpawnSpec spec;
    spec.path = command.path;
    spec.argv = command.argv;
    spec.env = child_environment(parts_.environment, config, process.group->name(),
                                 parts_.config.server_url);
    if (auto marker = runtime_of(process).scope.environment_marker())
        spec.env.push_back(*std::move(marker));
    if (config.directory) spec.directory = *config.directory;
    spec.umask = config.umask;
    spec.ids = identity(config);
    spec.limits = process_limits(config.limits);
    // The program's own come later and win.
    spec.limits.resources.insert(spec.limits.resources.begin(), parts_.limits.begin(),
                                 parts_.limits.end());
    const auto& socket = runtime_of(process).socket;
    spec.in = socket ? descriptor_of(*socket) : pipes.in.read.get();
    spec.out = write_end(pipes.out);
    spec.err = write_end(config.redirect_stderr ? pipes.out : pipes.err);
    if (runtime_of(process).notify) add_notify(process, pipes.ready.write.get(), spec);
    add_descriptors(process, spec);
    return spec;
}

std::expected<os::Child, std::string> Executor::start_child(Process& process,
                                                            const Command& command) {
    const auto failed = [&](const Error& error) {
        return std::unexpected(spawn_failure(error, process.name()));
    };
    auto pipes = make_pipes(process);
    if (!pipes) return failed(pipes.error());
    auto spec = make_spec(process, command, *pipes);
    UniqueFd directory;
    if (auto* tree = parts_.scopes.tree()) spec.no_memory_accounting = !tree->accounts_for_memory();
    const auto enter_scope = [&]() -> Result<int> {
        SVD_TRY(directory, runtime_of(process).scope.spawn_directory());
        return directory.get();
    };
    if (const auto fd = enter_scope())
        spec.cgroup_fd = *fd;
    else
        parts_.log.warn(
            "cannot use a cgroup for '{}', its descendants are found by walking /proc: {}",
            process.name(), fd.error().text);
    if (const auto limited = apply_cgroup_limits(process); !limited)
        return std::unexpected(fmt::format("couldn't {}", limited.error().text));
    const auto make_again = [&]() -> Result<int> {
        SVD_TRY(const int fd, enter_scope());
        SVD_CHECK(apply_cgroup_limits(process));
        return fd;
    };
    spec.in_background = true;
    auto child = os::spawn(spec, make_again);
    settle_launches();
    if (!child) return failed(child.error());
    if (child->in_cgroup) mark_leaf(process, directory.get(), child->pid, spec);
    if (spec.cgroup_fd >= 0 && !child->in_cgroup)
        parts_.log.warn("'{}' could not be started in its cgroup, whose limits have no effect",
                        process.name());
    watch_output(process, log::Channel::Stdout, std::move(pipes->out.read));
    watch_output(process, log::Channel::Stderr, std::move(pipes->err.read));
    watch_input(process, std::move(pipes->in.write));
    if (pipes->ready.read)
        if (const auto heard = listen_for_line(process, std::move(pipes->ready.read)); !heard)
            parts_.log.error("'{}' cannot tell that it is ready: {}", process.name(),
                             heard.error().text);
    return *std::move(child);
}

void Executor::mark_leaf(const Process& process, int directory, pid_t leader,
                         const os::SpawnSpec& spec) {
    const auto& runtime = runtime_of(process);
    LeafMark mark = mark_of(*process.config);
    mark.leader = leader;
    mark.in = identity_of(spec.in).inode;
    mark.out = identity_of(spec.out).inode;
    mark.err = spec.err == spec.out ? 0 : identity_of(spec.err).inode;
    mark.out_log = runtime.out.auto_path;
    mark.err_log = runtime.err.auto_path;
    if (runtime.notify && runtime.notify->socket) mark.notify = runtime.notify->socket.address();
    ignore(os::mark_cgroup(directory, write_mark(mark)), "not on a kernel before 5.7");
}

// Another one than svd has started.
void Executor::mark_leader(const Process& process, pid_t leader) {
    const auto directory = runtime_of(process).scope.open_cgroup();
    if (!directory) return;
    auto mark = read_mark(os::read_cgroup_mark(directory->get()));
    if (!mark) return;
    mark->leader = leader;
    ignore(os::mark_cgroup(directory->get(), write_mark(*mark)), "there is the one of the start");
}

// What a child in the background needed is let go soon, also when no other follows.
void Executor::settle_launches() {
    constexpr auto kLookAgain = std::chrono::milliseconds{5};
    if (os::settle_launches()) return;
    if (!launches_) {
        auto timer = os::Timer::create(parts_.loop, [this] { settle_launches(); });
        if (!timer) return parts_.log.error("{}", timer.error().text);
        launches_ = *std::move(timer);
    }
    launches_.set(now().mono + kLookAgain);
}

void Executor::watch_output(Process& process, log::Channel channel, UniqueFd pipe) {
    if (!pipe) return;
    const bool answers = channel == log::Channel::Stdout && is_listener(process);
    auto& output = output_of(process, channel);
    auto reader =
        OutputReader::open(parts_.loop, std::move(pipe), output.channel.get(), parts_.flight,
                           answers ? os::Priority::Answer : os::Priority::Output);
    if (!reader)
        return parts_.log.error("output of '{}' is lost: {}", process.name(), reader.error().text);
    output.reader = *std::move(reader);
    // What it holds back must be known before the next bytes are on their way.
    if (kept_ != nullptr && output.channel && output.channel->holds_back())
        output.reader->on_passed([this, &process] { kept_->write(process); });
    if (answers)
        output.reader->on_chunk([this, &process, run = process.data.run](auto chunk) {
            parts_.listeners.output(process, run, chunk);
        });
}

void Executor::watch_input(Process& process, UniqueFd pipe) {
    if (!pipe) return;
    auto writer = StdinWriter::open(parts_.loop, std::move(pipe));
    if (!writer) return;
    auto& in = runtime_of(process).in;
    in = *std::move(writer);
    if (is_listener(process))
        in->on_drained(
            [this, &process, run = process.data.run] { parts_.listeners.writable(process, run); });
}

}  // namespace svd::daemon
