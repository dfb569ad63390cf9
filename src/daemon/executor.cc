#include "daemon/executor.h"

#include <cerrno>

#include <fmt/format.h>

#include "daemon/child_environment.h"
#include "daemon/kept_state.h"
#include "daemon/last_words.h"
#include "daemon/log_options.h"
#include "log/auto_log.h"
#include "process/critical.h"

namespace svd::daemon {

using process::Process;

namespace {
constexpr std::size_t kMaxLingering = 16;

}  // namespace

Executor::Executor(Parts parts)
    : parts_(parts),
      fcgi_sockets_(parts.log),
      sockets_(parts.loop, parts.log, [this](const std::string& name) { somebody_came(name); }),
      memory_(parts.loop, parts.log, [this](Process& process, const process::MemoryBreach& breach) {
          return restart_for_memory(process, breach);
      }) {}

Executor::~Executor() = default;

// --- logs ----------------------------------------------------------------------------------------

std::string Executor::log_path(const Process& process, log::Channel channel) const {
    const bool joined = channel == log::Channel::Stderr && process.config->redirect_stderr;
    const auto& runtime = runtime_of(process);
    switch (log_config(process, channel).target) {
        case config::LogTarget::None:
            return {};
        case config::LogTarget::File:
            return joined ? "" : log_config(process, channel).path;
        case config::LogTarget::Auto:
            break;
    }
    if (joined) return {};
    return channel == log::Channel::Stdout ? runtime.out.auto_path : runtime.err.auto_path;
}

std::unique_ptr<log::OutputChannel> Executor::make_channel(Process& process, log::Channel channel) {
    const auto& config = log_config(process, channel);
    // What a listener says is the protocol's and nobody else's, but for its log.
    const bool protocol = channel == log::Channel::Stdout && is_listener(process);
    log::ChannelOptions options;
    options.process = process.name();
    options.channel = channel;
    options.strip_ansi = parts_.config.daemon.strip_ansi;
    options.capture_maxbytes = protocol ? 0 : config.capture_maxbytes;
    if (const auto path = log_path(process, channel); !path.empty()) {
        options.file = parts_.files.open(path, file_options(config), now().mono);
    }
    for (const auto& path : *config.more_paths)
        options.more_files.push_back(parts_.files.open(path, copy_options(config), now().mono));
    if (config.syslog && !protocol) {
        if (!syslog_) {
            syslog_ = std::make_shared<log::SyslogSocket>("supervisord");
            syslog_->set_notice_handler(parts_.log.notice_handler());
        }
        options.syslog = syslog_;
    }
    if (config.journal && !protocol) {
        options.journal = parts_.journal.shared();
        options.on_line = [this, &process, channel](std::string_view line, Now now) {
            write_to_journal(process, channel, line, now);
        };
    }
    const auto output_event = [&process, channel](std::string_view data) {
        return event::Output{
            process.name(), process.group->name(), process.data.pid,
            channel == log::Channel::Stdout ? event::Channel::Stdout : event::Channel::Stderr,
            data};
    };
    if (config.events_enabled && !protocol)
        options.on_data = [this, output_event](std::string_view data) {
            parts_.bus.publish(event::process_log(output_event(data), now().wall));
        };
    if (options.capture_maxbytes > 0)
        options.on_captured = [this, output_event](std::string_view data) {
            parts_.bus.publish(event::process_communication(output_event(data), now().wall));
        };
    if (parts_.log.enabled(log::Level::Debug))
        options.on_debug = [this, &process, channel, protocol](std::string_view data) {
            parts_.log.log(log::Level::Debug,
                           protocol ? log::debug_copy_of_protocol(process.name(), data)
                                    : log::debug_copy_text(process.name(), channel, data));
        };
    const bool wanted = options.file || options.syslog || options.journal || options.on_data ||
                        options.on_captured || options.on_debug;
    return wanted ? std::make_unique<log::OutputChannel>(std::move(options)) : nullptr;
}

void Executor::open_channel(Process& process, log::Channel channel) {
    output_of(process, channel).channel = make_channel(process, channel);
}

void Executor::end_output(Process& process) {
    for (const auto channel : kChannels) {
        auto& output = output_of(process, channel);
        if (output.reader) output.reader->drain();
        if (process.config->keep_descendants && output.reader && !output.reader->at_end()) {
            linger(process, {{{}, std::move(output.channel), std::move(output.reader)}, channel});
            continue;
        }
        output.reader.reset();
        if (output.channel) output.channel->finish(now());
        output.channel.reset();
    }
    runtime_of(process).in.reset();
    close_notify(process);
}

// Somebody still holds the pipe: go on reading, or the first write would end that descendant.
void Executor::linger(Process& process, Lingering output) {
    auto& owned = runtime_of(process).lingering;
    if (!owned) owned = std::make_unique<std::list<Lingering>>();
    auto& lingering = *owned;
    if (lingering.size() == kMaxLingering) lingering.pop_front();
    const auto entry = lingering.insert(lingering.end(), std::move(output));
    entry->reader->on_end([this, &lingering, entry] {
        if (entry->channel) entry->channel->finish(now());
        lingering.erase(entry);
    });
}

// --- children ------------------------------------------------------------------------------------

void Executor::child_ended(Process& process, std::uint64_t run, const os::ExitReport& report) {
    auto& runtime = runtime_of(process);
    for (const auto channel : kChannels)
        if (auto& reader = output_of(process, channel).reader) reader->drain();
    if (runtime.notify && process.data.run == run) {
        hear(process, kLastMessages);
        // Its last message named another leader.
        if (process.data.pid != report.pid && process.data.pid != 0) return;
    }
    lift_pause(process, "it has ended");
    const bool remains = !runtime.scope.is_empty();
    const auto status = exit_status(report.status);
    if (process.data.run == run)
        record_end(process, report, remains, memory_.ended(process), fleet_->daemon_state(), now());
    if (report.exec_stage) {
        const auto failure = exec_failure_text(*process.config, report);
        fleet_->feed(process, process::ExecFailed{failure, status, remains, run}, now());
    } else {
        fleet_->feed(process, process::Exited{status, remains, run}, now());
    }
    // Supervisor's line, which people wait for; here it stands for one child, not for a signal.
    parts_.log.debug("received SIGCHLD indicating a child quit");
    // The next run, if there is one, has ended this run's output already.
    if (process.data.run == run && process.data.pid == 0) end_output(process);
    release_socket(process);
    touch(process);
    if (on_change_) on_change_();
}

bool Executor::restart_for_memory(Process& process, const process::MemoryBreach& breach) {
    if (fleet_->daemon_state() != process::DaemonState::Running) return false;
    parts_.log.warn("restarting '{}' (pid {}): {}", process.namespec(), process.data.pid,
                    describe(breach));
    fleet_->feed(process, process::StopRequested{}, now());
    fleet_->feed(process, process::StartRequested{}, now());
    if (on_change_) on_change_();
    return true;
}

void Executor::touch(Process& process) {
    if (kept_ == nullptr) return;
    kept_->process_changed(process);
    if (process.config->fcgi_socket) kept_->daemon_changed();  // which sockets there are
}

void Executor::release_socket(Process& process) {
    if (process::is_stopped(process.data.state) && process.data.pid == 0)
        runtime_of(process).socket.reset();
}

std::optional<process::SignalFailed> Executor::signal(Process& process, int number, bool to_group) {
    const pid_t pid = process.data.pid;
    // The process group of a leader that named itself is anybody's.
    const auto sent = to_group && process.data.new_leader
                          ? runtime_of(process).scope.signal_all(number)
                      : to_group ? os::send_signal_to_group(parts_.children, pid, number)
                                 : os::send_signal(parts_.children, pid, number);
    // It was to stop: now it can.
    if (process.data.state == process::State::Stopping) lift_pause(process, "it was stopped");
    if (sent) return std::nullopt;
    if (sent.error().code == ESRCH) {
        parts_.log.debug("unable to signal {} (pid {}), it probably just exited on its own: {}",
                         process.name(), pid, sent.error().text);
        return std::nullopt;
    }
    return process::SignalFailed{number, sent.error().text};
}

void Executor::kill_all(Process& process) {
    touch(process);
    if (process.config->keep_descendants) {
        // What the program left behind on purpose stays; Supervisor's rule says who is killed.
        signal(process, 9, process.config->killasgroup);
        return;
    }
    if (const auto killed = runtime_of(process).scope.kill_all(); !killed)
        parts_.log.error("cannot kill all of '{}': {}", process.name(), killed.error().text);
}

void Executor::kill_remains(Process& process) {
    auto& scope = runtime_of(process).scope;
    parts_.log.info("'{}' has left {} processes behind, killing them", process.name(),
                    scope.pids().size());
    if (const auto killed = scope.kill_all(); !killed)
        parts_.log.error("cannot kill what '{}' left behind: {}", process.name(),
                         killed.error().text);
    const auto armed = scope.when_empty([this, &process, run = process.data.run] {
        fleet_->feed(process, process::Emptied{run}, now());
        if (process.data.run == run && process.data.pid == 0) end_output(process);
        release_socket(process);
        touch(process);
        if (on_change_) on_change_();
    });
    if (!armed)
        parts_.log.error("cannot wait for what '{}' left behind: {}", process.name(),
                         armed.error().text);
}

// --- telling -------------------------------------------------------------------------------------

void Executor::log(const Process& process, config::LogLevel level, std::string_view text) {
    const log::Subject subject{process.config->program, process.group->name(), process.name(),
                               process::state_name(process.data.state), process.data.pid};
    parts_.log.log(level_of(level), text, &subject);
}

// A line of a program, with the priority that it may begin with as "<3>" (sd-daemon(3)).
void Executor::write_to_journal(const Process& process, log::Channel channel, std::string_view line,
                                Now now) {
    char priority = channel == log::Channel::Stdout ? '6' : '4';
    if (line.size() >= 3 && line[0] == '<' && line[1] >= '0' && line[1] <= '7' && line[2] == '>') {
        priority = line[1];
        line.remove_prefix(3);
    }
    const auto pid = fmt::format("{}", process.data.pid);
    const log::JournalField fields[] = {{"MESSAGE", line},
                                        {"PRIORITY", {&priority, 1}},
                                        {"SYSLOG_IDENTIFIER", process.name()},
                                        {"SVD_PROGRAM", process.config->program},
                                        {"SVD_GROUP", process.group->name()},
                                        {"SVD_PROCESS", process.name()},
                                        {"SVD_STREAM", log::channel_name(channel)},
                                        {"SVD_PID", pid},
                                        {"OBJECT_PID", pid}};
    parts_.journal.socket().send(fields, now);
}

void Executor::published(Process& process, const process::Publish& change) {
    parts_.bus.publish(event::process_state(
        {process.name(), process.group->name(), process::state_name(change.from),
         process::state_name(change.to), change.tries, change.pid, change.expected},
        now().wall));
    parts_.listeners.changed(process, change.to);
    if (change.to == process::State::Running)
        memory_.watch(process);
    else
        memory_.rest(process);
    wind_watchdog(process);
    attend_all(process);
    // After a run, child_ended does so when all of its end is in the log.
    if (change.from == process::State::Backoff) release_socket(process);
    touch(process);
    if (process.config->critical && change.to == process.data.state &&
        process::has_ended_for_good(process.data) && on_critical_end_)
        on_critical_end_(process);
    if (on_change_) on_change_();
}

void Executor::group_added(process::Group& group) {
    make_scopes(group);
    if (!taking_up_)
        for (const auto& process : group.processes)
            for (const auto channel : kChannels) make_auto_log(*process, channel);
    parts_.listeners.add(group);
    add_socket_users(group);
    if (kept_ != nullptr) kept_->group_changed(group.name());
    if (!taking_up_) parts_.bus.publish(event::group_added(group.name(), now().wall));
}

void Executor::make_auto_log(Process& process, log::Channel channel) {
    if (log_config(process, channel).target != config::LogTarget::Auto) return;
    if (channel == log::Channel::Stderr && process.config->redirect_stderr) return;
    auto path = log::create_auto_log(parts_.config.daemon.childlogdir, process.name(), channel,
                                     parts_.config.daemon.identifier);
    if (path)
        output_of(process, channel).auto_path = *std::move(path);
    else
        parts_.log.error("no log for the {} of '{}': {}", log::channel_name(channel),
                         process.name(), path.error().text);
}

void Executor::group_removed(const std::string& name) {
    remove_socket_users(name);
    parts_.listeners.remove(name);
    if (kept_ != nullptr) kept_->group_gone(name);
    parts_.bus.publish(event::group_removed(name, now().wall));
    if (on_change_) on_change_();
}

void Executor::shutdown_complete(process::DaemonState how) {
    if (on_shutdown_complete_) on_shutdown_complete_(how);
}

// By the name of the cgroup, and only where that says nothing by asking all.
const Process* Executor::owner_of(const os::StrayReport& stray) const {
    const auto owns = [&](const Process* process) {
        return process != nullptr && runtime_of(*process).scope.owns(stray);
    };
    if (const auto* tree = parts_.scopes.tree())
        if (const auto parts = tree->parts_of(stray.cgroup); parts.size() == 2)
            if (const auto* process = fleet_->find(parts[0], parts[1]); owns(process))
                return process;
    for (const auto* process : fleet_->processes_by_name())
        if (owns(process)) return process;
    return nullptr;
}

void Executor::report_stray(const os::StrayReport& stray) {
    const auto status = process::describe(exit_status(stray.status));
    if (const auto* process = owner_of(stray))
        parts_.log.info("reaped descendant of '{}', pid {} ({}): {}", process->name(), stray.pid,
                        stray.name, status);
    else
        parts_.log.info("reaped unknown pid {} ({})", stray.pid, status);
}

}  // namespace svd::daemon
