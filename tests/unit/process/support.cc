#include "unit/process/support.h"

#include <algorithm>

#include <fmt/format.h>

namespace svd::process::testing_support {

namespace {

template <class... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};

std::string_view level_name(config::LogLevel level) {
    switch (level) {
        case config::LogLevel::Blather:
            return "BLAT";
        case config::LogLevel::Trace:
            return "TRAC";
        case config::LogLevel::Debug:
            return "DEBG";
        case config::LogLevel::Info:
            return "INFO";
        case config::LogLevel::Warn:
            return "WARN";
        case config::LogLevel::Error:
            return "ERRO";
        case config::LogLevel::Critical:
            return "CRIT";
    }
    return "?";
}

std::string publish_text(const Publish& p) {
    std::string out = fmt::format("{}>{}", state_name(p.from), state_name(p.to));
    switch (p.to) {
        case State::Starting:
        case State::Backoff:
            return out + fmt::format(" tries:{}", p.tries);
        case State::Exited:
            return out + fmt::format(" expected:{:d} pid:{}", p.expected, p.pid);
        case State::Running:
        case State::Stopping:
        case State::Stopped:
            return out + fmt::format(" pid:{}", p.pid);
        case State::Fatal:
        case State::Unknown:
            break;
    }
    return out;
}

std::string remains_text(bool remains) {
    return remains ? ", remains" : "";
}

}  // namespace

Now at(Duration after) {
    return {kStart + after, kWall + std::chrono::floor<std::chrono::microseconds>(after)};
}

std::shared_ptr<config::ProcessConfig> program(std::string name) {
    auto config = std::make_shared<config::ProcessConfig>();
    config->name = name;
    config->program = std::move(name);
    config->command = "/bin/true";
    return config;
}

std::shared_ptr<config::ProcessConfig> member(std::string name, int priority) {
    auto config = program(std::move(name));
    config->priority = priority;
    return config;
}

std::shared_ptr<config::GroupConfig> group(
    std::string name, int priority, std::vector<std::shared_ptr<config::ProcessConfig>> members) {
    auto config = std::make_shared<config::GroupConfig>();
    config->name = name;
    config->priority = priority;
    if (members.empty()) members.push_back(program(std::move(name)));
    config->processes.assign(members.begin(), members.end());
    return config;
}

ExitStatus code(int value) {
    ExitStatus status;
    status.code = value;
    return status;
}

ExitStatus killed_by(int signal, bool core) {
    ExitStatus status;
    status.signal = signal;
    status.core_dumped = core;
    return status;
}

std::string text(const Effect& effect) {
    return std::visit(
        Overloaded{
            [](const Spawn&) -> std::string { return "Spawn"; },
            [](const Signal& s) {
                return fmt::format("Signal {}{}", s.number, s.to_group ? " group" : "");
            },
            [](const KillAll&) -> std::string { return "KillAll"; },
            [](const KillRemains&) -> std::string { return "KillRemains"; },
            [](const Log& l) { return fmt::format("{} {}", level_name(l.level), l.text); },
            [](const Publish& p) { return publish_text(p); },
        },
        effect);
}

std::vector<std::string> texts(const std::vector<Effect>& effects) {
    std::vector<std::string> out;
    for (const Effect& effect : effects) out.push_back(text(effect));
    return out;
}

std::string text(const Event& event) {
    return std::visit(
        Overloaded{
            [](const StartRequested&) -> std::string { return "StartRequested"; },
            [](const Spawned& e) { return fmt::format("Spawned({})", e.pid); },
            [](const SpawnFailed& e) { return fmt::format("SpawnFailed({})", e.why); },
            [](const ExecFailed& e) {
                return fmt::format("ExecFailed({}{})", e.why, remains_text(e.remains));
            },
            [](const Exited& e) {
                return fmt::format("Exited({}{})", describe(e.status), remains_text(e.remains));
            },
            [](const Emptied&) -> std::string { return "Emptied"; },
            [](const StopRequested&) -> std::string { return "StopRequested"; },
            [](const DeadlineReached&) -> std::string { return "DeadlineReached"; },
            [](const SignalFailed& e) { return fmt::format("SignalFailed({})", e.why); },
            [](const ShutdownBegun&) -> std::string { return "ShutdownBegun"; },
            [](const Ready&) -> std::string { return "Ready"; },
            [](const TimeExtended& e) { return fmt::format("TimeExtended({}ms)", e.by / 1ms); },
            [](const LeaderNamed& e) { return fmt::format("LeaderNamed({})", e.pid); },
            [](const EndAnnounced&) -> std::string { return "EndAnnounced"; },
            [](const Silent&) -> std::string { return "Silent"; },
        },
        event);
}

Machine& Machine::feed(const Event& event) {
    Step result = step(config, data, event, at(clock), context);
    data = std::move(result.data);
    seen = texts(result.effects);
    return *this;
}

Machine& Machine::after(Duration more) {
    clock += more;
    return *this;
}

Machine& Machine::starting() {
    return feed(StartRequested{}).feed(Spawned{7});
}

Machine& Machine::running() {
    starting();
    if (config.readiness->by != config::ReadyBy::Startsecs) feed(Ready{});
    if (data.state == State::Starting) after(config.startsecs).feed(DeadlineReached{});
    return *this;
}

Machine& Machine::stopping() {
    return running().feed(StopRequested{});
}

Machine& Machine::backoff() {
    return feed(StartRequested{}).feed(SpawnFailed{"no luck"});
}

Event RecordingActuator::spawn(Process& process) {
    lines.push_back("spawn " + process.namespec());
    if (on_spawn) return on_spawn(process);
    return Spawned{next_pid++};
}

std::optional<SignalFailed> RecordingActuator::signal(Process& process, int number, bool to_group) {
    lines.push_back(
        fmt::format("signal {} {}{}", process.namespec(), number, to_group ? " group" : ""));
    return on_signal ? on_signal(process, number) : std::nullopt;
}

void RecordingActuator::kill_all(Process& process) {
    lines.push_back("kill_all " + process.namespec());
}

void RecordingActuator::kill_remains(Process& process) {
    lines.push_back("kill_remains " + process.namespec());
}

void RecordingActuator::log(const Process& /*process*/, config::LogLevel level,
                            std::string_view line) {
    logs.push_back(fmt::format("{} {}", level_name(level), line));
}

void RecordingActuator::published(Process& process, const Publish& change) {
    lines.push_back(fmt::format("{} {}>{}", process.namespec(), state_name(change.from),
                                state_name(change.to)));
    if (on_published) on_published(process, change);
}

void RecordingActuator::group_added(Group& added) {
    lines.push_back("added " + added.name());
}

void RecordingActuator::group_removed(const std::string& name) {
    lines.push_back("removed " + name);
}

void RecordingActuator::shutdown_complete(DaemonState how) {
    lines.push_back(fmt::format("complete {}", daemon_state_name(how)));
    if (on_complete) on_complete(how);
}

std::vector<std::string> RecordingActuator::take(std::string_view prefix) {
    std::vector<std::string> all = take();
    std::erase_if(all, [&](const std::string& line) { return !line.starts_with(prefix); });
    return all;
}

}  // namespace svd::process::testing_support
