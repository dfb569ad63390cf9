#include "process/why.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/human.h"
#include "base/signal_table.h"

namespace svd::process {

namespace {

// Signals that a program brings upon itself: who sent them is no question.
constexpr std::array kOwnFaults{3, 4, 5, 6, 7, 8, 11, 13, 14, 24, 25, 26, 27, 31};

bool is_own_fault(int signal) {
    return std::ranges::find(kOwnFaults, signal) != kOwnFaults.end();
}

std::string status_text(const Death& death) {
    if (death.status.code) return fmt::format("exit code {}", *death.status.code);
    return signal_name(death.status.signal) + (death.status.core_dumped ? ", core dumped" : "");
}

std::string signal_text(const Death& death) {
    std::string text = status_text(death);
    const int signal = death.status.signal;
    if (signal == death.signal_on_request) return text + ", sent on request";
    if (signal == kSigkill) {
        text += " from outside svd";
        text += death.memory.known ? ", no OOM kill"
                                   : " (an OOM kill cannot be told without the memory controller)";
    } else if (!is_own_fault(signal)) {
        text += ", not sent by svd";
    }
    return text;
}

std::string oom_text(const Death& death) {
    std::string text = "OOM-killed";
    const auto& memory = death.memory;
    if (memory.peak) text += fmt::format(" at {}", byte_text(*memory.peak));
    if (memory.limit)
        text += fmt::format(" of {}{}", byte_text(*memory.limit),
                            memory.limit_from_above ? ", the limit of a cgroup above it" : "");
    else
        text += ", without a limit of its own: the machine had no memory left";
    return text;
}

std::string failure_text(const Death& death) {
    std::string text = death.pid != 0 ? fmt::format("{} failed: {}", death.stage, death.failure)
                                      : fmt::format("could not be started: {}", death.failure);
    if (death.error != 0) text += fmt::format(" ({})", errno_text(death.error));
    return text;
}

std::string asked_text(const Death& death) {
    if (death.doom == Doom::Announced) return "told that it is stopping";
    if (death.asked == Asked::Memory) return "restarted: " + describe(death.breach);
    return death.asked == Asked::Shutdown ? "stopped because svd ends" : "stopped by request";
}

std::string core_text(const Death& death, const config::ProcessConfig& config) {
    switch (death.kind) {
        case EndKind::Exited:
            return status_text(death);
        case EndKind::Failed:
            if (death.early && death.ran >= config.startsecs)
                return status_text(death) + ", before it was ready";
            if (death.early)
                return fmt::format("{}, before startsecs={} had passed", status_text(death),
                                   config.startsecs.count());
            return status_text(death) + ", not expected";
        case EndKind::Signal:
            return signal_text(death);
        case EndKind::OomKill:
            return oom_text(death);
        case EndKind::Stopped:
        case EndKind::Memory:
            return fmt::format("{}, {}", asked_text(death), status_text(death));
        case EndKind::Killed:
            return fmt::format("{}, SIGKILL because it had not ended within stopwaitsecs={}",
                               asked_text(death), config.stopwaitsecs.count());
        case EndKind::NotStarted:
            return failure_text(death);
        case EndKind::Unseen:
            return "ended, and nobody saw how";
        case EndKind::NotReady:
            return fmt::format("not ready within ready_timeout={}, {}",
                               config.readiness->timeout.count(), status_text(death));
        case EndKind::Watchdog:
            return "watchdog missed, " + status_text(death);
    }
    return "";
}

std::string backoff_text(const config::ProcessConfig& config, const Data& data, const Now& now) {
    std::string text =
        fmt::format("start {} of {} failed", data.backoff, std::int64_t{config.startretries} + 1);
    if (data.deadline)
        text += fmt::format(", the next one comes in {}", duration_text(*data.deadline - now.mono));
    return text;
}

bool waits_for_ready(const config::ProcessConfig& config, const Data& data) {
    return config.readiness->by != config::ReadyBy::Startsecs && !data.ready;
}

std::string running_text(const Data& data, const Now& now) {
    return fmt::format("running since {} ({}), pid {}", local_time_text(data.laststart),
                       duration_text(now.mono - data.started_mono), data.pid);
}

std::string with_last_end(std::string text, const config::ProcessConfig& config,
                          const Death* last) {
    text += last == nullptr ? "; it has not ended before"
                            : "; the run before: " + end_sentence(*last, config);
    return text;
}

}  // namespace

std::string end_text(const Death& death, const config::ProcessConfig& config) {
    std::string text = core_text(death, config);
    if (death.memory.oom_kills > 0 && death.kind != EndKind::OomKill)
        text += fmt::format(", {} of its processes OOM-killed", death.memory.oom_kills);
    if (death.left_behind > 0)
        text += fmt::format(", left {} process{} behind{}", death.left_behind,
                            death.left_behind == 1 ? "" : "es",
                            death.left_killed ? ", which svd killed" : "");
    return text;
}

std::string end_sentence(const Death& death, const config::ProcessConfig& config) {
    std::string text = end_text(death, config);
    if (death.pid != 0) text += ", after " + duration_text(death.ran);
    text += ", at " + local_time_text(death.at);
    const bool own_doing = death.kind != EndKind::Stopped && death.kind != EndKind::Exited;
    if (own_doing && death.nth_today > 1)
        text += fmt::format(", {} time that day", ordinal_text(death.nth_today));
    return text;
}

std::string reason(const config::ProcessConfig& config, const Data& data, const DeathLog* log,
                   const Now& now) {
    const Death* last = log != nullptr ? log->last() : nullptr;
    std::string last_end = last != nullptr ? end_sentence(*last, config) : data.spawnerr;
    if (data.leader_gone) return last_end + "; what it has left behind is being killed";
    switch (data.state) {
        case State::Running:
            return with_last_end(running_text(data, now), config, last);
        case State::Starting:
            return with_last_end(
                fmt::format("starting since {}, pid {}{}", local_time_text(data.laststart),
                            data.pid, waits_for_ready(config, data) ? ", not ready yet" : ""),
                config, last);
        case State::Stopping:
            return fmt::format("stopping, {} was sent to pid {}",
                               data.killed ? "SIGKILL" : signal_name(config.stopsignal), data.pid);
        case State::Backoff:
            return last_end + "; " + backoff_text(config, data, now);
        case State::Fatal:
            if (last != nullptr && !last->early && last->kind != EndKind::NotStarted)
                return fmt::format("{}; given up: {}", last_end, data.spawnerr);
            return fmt::format("{}; given up after startretries={}", last_end, config.startretries);
        case State::Unknown:
            return "svd could not send it a signal and has lost control of it";
        case State::Stopped:
            if (last == nullptr) return "never started";
            if (last->asked == Asked::No)
                return "stopped by request between two starts; before that: " + last_end;
            return last_end;
        case State::Exited:
            return last_end;
    }
    return "";
}

}  // namespace svd::process
