// Executor: what a successor needs to know of a process, and going on with it there.
#include <csignal>

#include "daemon/executor.h"
#include "daemon/kept_state.h"

namespace svd::daemon {

using process::Process;

namespace {
state::Output save_output(const Output& output) {
    state::Output saved;
    saved.auto_path = output.auto_path;
    if (output.reader) saved.pipe = output.reader->fd();
    if (output.channel) saved.channel = output.channel->save();
    return saved;
}
}  // namespace

state::Process Executor::save(const Process& process) const {
    const auto& runtime = runtime_of(process);
    state::Process saved;
    saved.name = process.name();
    saved.data = process.data;
    if (process.deaths) saved.deaths = *process.deaths;
    saved.signal_on_request = runtime.signal_on_request;
    saved.paused = runtime.pause && runtime.pause->state.paused;
    saved.out = save_output(runtime.out);
    saved.err = save_output(runtime.err);
    if (runtime.in) {
        saved.in = runtime.in->fd();
        saved.in_queue = runtime.in->queued();
    }
    saved.holds_socket = runtime.socket != nullptr;
    saved.leaf = runtime.leaf;
    if (runtime.lingering)
        for (const auto& output : *runtime.lingering)
            saved.lingering.push_back({output.which == log::Channel::Stderr, save_output(output)});
    if (runtime.notify) saved.notify = runtime.notify->save();
    const auto scope = runtime.scope.save();
    saved.walking = scope.walking;
    saved.walk_marker = scope.marker;
    if (runtime.memory) {
        saved.breach = runtime.memory->breach;
        saved.quick_breaches = runtime.memory->pace.quick;
    }
    return saved;
}

state::KeptProcess Executor::save_for_a_crash(const Process& process) const {
    state::KeptProcess kept;
    kept.process = save(process);
    // Of use for who asks why it ended, and not worth writing at every change.
    if (kept.process.deaths) kept.process.deaths->output = {};
    kept.pidfd = parts_.children.pidfd(process.data.pid);
    const auto note = [&](int fd) {
        if (fd >= 0) kept.descriptors.push_back(identity_of(fd));
    };
    state::for_each_descriptor_of(kept.process, note);
    note(kept.pidfd);
    return kept;
}

void Executor::save_sockets(state::Snapshot& saved) const {
    saved.fcgi_sockets = fcgi_sockets_.save();
    saved.sockets = sockets_.save();
}

void Executor::begin_taking_up(state::Snapshot& saved) {
    taking_up_ = true;
    taken_sockets_ = fcgi_sockets_.restore(std::move(saved.fcgi_sockets));
    sockets_.restore(std::move(saved.sockets));
}

void Executor::begin_taking_over(std::map<pid_t, UniqueFd> pidfds, log::Flight::Pipes pipes) {
    taking_over_ = true;
    pidfds_ = std::move(pidfds);
    pipes_ = pipes;
}

void Executor::end_taking_up() {
    taking_up_ = taking_over_ = false;
    taken_sockets_.clear();
    pidfds_.clear();
    close_unused_sockets(false);
    for (const auto& [name, users] : socket_users_) attend(name);
    parts_.flight.begin_anew();  // without the bytes of somebody who is no more
    for (auto* process : std::exchange(lost_, {})) {
        os::ExitReport report;
        report.pid = process->data.pid;
        report.status.code = 255;
        report.lost = true;
        child_ended(*process, process->data.run, report);
    }
}

void Executor::take_up(Process& process, state::Process saved) {
    auto& runtime = runtime_of(process);
    fleet_->restore(process, saved.data);
    if (saved.deaths)
        process.deaths = std::make_unique<process::DeathLog>(*std::move(saved.deaths));
    runtime.signal_on_request = saved.signal_on_request;
    const pid_t leader = process.data.leader_gone ? 0 : process.data.pid;
    if (!saved.leaf.empty()) enter_former_leaf(process, std::move(saved.leaf));
    // Whoever starts a daemon after a crash takes its controllers back first.
    using Limits = os::Scope::Limits;
    runtime.scope.take_up({saved.walking, std::move(saved.walk_marker)}, leader,
                          taking_over_ ? Limits::Gone : Limits::Hold);
    if (saved.paused) {
        runtime.pause = std::make_unique<Pause>();
        runtime.pause->state.paused = true;
    }
    if (saved.holds_socket && process.config->fcgi_socket)
        if (auto socket = fcgi_sockets_.get(*process.config)) runtime.socket = *std::move(socket);
    take_up_output(process, log::Channel::Stdout, std::move(saved.out));
    take_up_output(process, log::Channel::Stderr, std::move(saved.err));
    watch_input(process, UniqueFd::adopt(saved.in));
    if (runtime.in && !saved.in_queue.empty())
        ignore(runtime.in->write(saved.in_queue), "it has closed its input: nobody waits for this");
    for (auto& output : saved.lingering) take_up_lingering(process, std::move(output));

    take_up_notify(process, std::move(saved.notify));
    if (leader > 0) take_up_leader(process, leader);
    memory_.take_up(process, saved.quick_breaches, saved.breach);
    // What was being killed is killed again: nothing remembers how far that had come.
    if (process.data.leader_gone)
        kill_remains(process);
    else if (process.data.killed && leader > 0)
        kill_all(process);
}

void Executor::take_up_leader(Process& process, pid_t leader) {
    os::Child child;
    child.pid = leader;
    child.foreign = process.data.new_leader;
    if (taking_over_) {
        if (const auto limited = apply_cgroup_limits(process); !limited)
            parts_.log.error("limits of '{}': couldn't {}", process.name(), limited.error().text);
        child.foreign = true;
        child.pidfd = std::move(pidfds_[leader]);
        // Without it the number may be anybody's.
        if (!child.pidfd) return lost_.push_back(&process);
    }
    if (const auto adopted = adopt(process, std::move(child)); !adopted) {
        // Its parent has reaped it meanwhile.
        if (process.data.new_leader) return lost_.push_back(&process);
        parts_.log.critical("'{}' (pid {}) is out of control: {}", process.name(), leader,
                            adopted.error().text);
    }
}

// Bytes that had left the pipe before the crash and are not in the log yet.
void Executor::replay_flight(Output& output, int pipe) {
    if (!taking_over_ || !output.channel) return;
    auto& flight = parts_.flight;
    const auto feed = [&](std::string_view bytes) {
        if (!bytes.empty()) output.channel->feed(bytes, now());
        flight.landed();
        return !bytes.empty();
    };
    if (pipe == pipes_.in_flight) feed(flight.replay(output.channel->bytes_read()));
    if (pipe == pipes_.staged)
        while (feed(flight.read_staged(output.channel->bytes_read()))) {
        }
}

void Executor::take_up_output(Process& process, log::Channel channel, state::Output saved) {
    auto& output = output_of(process, channel);
    output.auto_path = std::move(saved.auto_path);
    if (output.auto_path->empty()) make_auto_log(process, channel);
    if (saved.pipe < 0) return;
    open_channel(process, channel);
    if (output.channel) output.channel->restore(std::move(saved.channel));
    replay_flight(output, saved.pipe);
    watch_output(process, channel, UniqueFd::adopt(saved.pipe));
}

void Executor::take_up_lingering(Process& process, state::Lingering saved) {
    auto pipe = UniqueFd::adopt(saved.output.pipe);
    if (!pipe) return;
    Lingering output;
    output.which = saved.is_stderr ? log::Channel::Stderr : log::Channel::Stdout;
    output.channel = make_channel(process, output.which);
    if (output.channel) output.channel->restore(std::move(saved.output.channel));
    replay_flight(output, pipe.get());
    auto reader =
        OutputReader::open(parts_.loop, std::move(pipe), output.channel.get(), parts_.flight);
    if (!reader) return;
    output.reader = *std::move(reader);
    linger(process, std::move(output));
}

}  // namespace svd::daemon
