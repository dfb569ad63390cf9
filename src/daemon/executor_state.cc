// Executor: what a successor needs to know of a process, and going on with it there.
#include <csignal>

#include "daemon/executor.h"

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
    saved.paused = runtime.pause.state.paused;
    saved.out = save_output(runtime.out);
    saved.err = save_output(runtime.err);
    if (runtime.in) {
        saved.in = runtime.in->fd();
        saved.in_queue = runtime.in->queued();
    }
    saved.holds_socket = runtime.socket != nullptr;
    for (const auto& output : runtime.lingering)
        saved.lingering.push_back({output.which == log::Channel::Stderr, save_output(output)});
    const auto scope = runtime.scope.save();
    saved.walking = scope.walking;
    saved.walk_marker = scope.marker;
    if (runtime.memory) {
        saved.breach = runtime.memory->breach;
        saved.quick_breaches = runtime.memory->pace.quick;
    }
    return saved;
}

std::vector<state::FcgiSocket> Executor::save_sockets() const {
    return fcgi_sockets_.save();
}

void Executor::begin_taking_up(std::vector<state::FcgiSocket> sockets) {
    taking_up_ = true;
    taken_sockets_ = fcgi_sockets_.restore(std::move(sockets));
}

void Executor::end_taking_up() {
    taking_up_ = false;
    taken_sockets_.clear();
}

void Executor::take_up(Process& process, state::Process saved) {
    auto& runtime = runtime_of(process);
    fleet_->restore(process, saved.data);
    if (saved.deaths)
        process.deaths = std::make_unique<process::DeathLog>(*std::move(saved.deaths));
    runtime.signal_on_request = saved.signal_on_request;
    const pid_t leader = process.data.leader_gone ? 0 : process.data.pid;
    runtime.scope.take_up({saved.walking, std::move(saved.walk_marker)}, leader);
    runtime.pause.state.paused = saved.paused;
    if (saved.holds_socket && process.config->fcgi_socket)
        if (auto socket = fcgi_sockets_.get(*process.config)) runtime.socket = *std::move(socket);
    take_up_output(process, log::Channel::Stdout, std::move(saved.out));
    take_up_output(process, log::Channel::Stderr, std::move(saved.err));
    watch_input(process, UniqueFd::adopt(saved.in));
    if (runtime.in && !saved.in_queue.empty())
        ignore(runtime.in->write(saved.in_queue), "it has closed its input: nobody waits for this");
    for (auto& output : saved.lingering) take_up_lingering(process, std::move(output));

    if (leader > 0) {
        os::Child child;
        child.pid = leader;
        if (const auto adopted = adopt(process, std::move(child)); !adopted)
            parts_.log.critical("'{}' (pid {}) is out of control: {}", process.name(), leader,
                                adopted.error().text);
    }
    memory_.take_up(process, saved.quick_breaches, saved.breach);
    // What was being killed is killed again: nothing remembers how far that had come.
    if (process.data.leader_gone)
        kill_remains(process);
    else if (process.data.killed && leader > 0)
        kill_all(process);
}

void Executor::take_up_output(Process& process, log::Channel channel, state::Output saved) {
    auto& output = output_of(process, channel);
    output.auto_path = std::move(saved.auto_path);
    if (saved.pipe < 0) return;
    open_channel(process, channel);
    if (output.channel) output.channel->restore(std::move(saved.channel));
    watch_output(process, channel, UniqueFd::adopt(saved.pipe));
}

void Executor::take_up_lingering(Process& process, state::Lingering saved) {
    auto pipe = UniqueFd::adopt(saved.output.pipe);
    if (!pipe) return;
    Lingering output;
    output.which = saved.is_stderr ? log::Channel::Stderr : log::Channel::Stdout;
    output.channel = make_channel(process, output.which);
    if (output.channel) output.channel->restore(std::move(saved.output.channel));
    auto reader = OutputReader::open(parts_.loop, std::move(pipe), output.channel.get(),
                                     {buffer_.get(), OutputReader::kBufferSize});
    if (!reader) return;
    output.reader = *std::move(reader);
    linger(process, std::move(output));
}

}  // namespace svd::daemon
