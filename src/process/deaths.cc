#include "process/deaths.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/human.h"
#include "base/signal_table.h"

namespace svd::process {

namespace {

Asked who_asked(const Data& data, DaemonState daemon, const MemoryBreach& breach) {
    if (data.state != State::Stopping && !data.stop_wanted) return Asked::No;
    if (breach) return Asked::Memory;
    return daemon == DaemonState::Running ? Asked::Request : Asked::Shutdown;
}

EndKind kind_of(const Death& death, bool unseen, bool killed_by_svd) {
    if (!death.failure.empty()) return EndKind::NotStarted;
    if (unseen) return EndKind::Unseen;
    if (death.doom == Doom::NotReady) return EndKind::NotReady;
    if (death.doom == Doom::Silent) return EndKind::Watchdog;
    const bool sigkill = !death.status.code && death.status.signal == kSigkill;
    if (sigkill && killed_by_svd) return EndKind::Killed;
    if (sigkill && death.memory.oom_kills > 0) return EndKind::OomKill;
    if (death.asked == Asked::Memory) return EndKind::Memory;
    if (death.asked != Asked::No) return EndKind::Stopped;
    if (!death.status.code) return EndKind::Signal;
    return death.expected ? EndKind::Exited : EndKind::Failed;
}

}  // namespace

std::string_view end_kind_name(EndKind kind) {
    switch (kind) {
        case EndKind::Exited:
            return "exited";
        case EndKind::Failed:
            return "failed";
        case EndKind::Signal:
            return "signal";
        case EndKind::OomKill:
            return "oom";
        case EndKind::Stopped:
            return "stopped";
        case EndKind::Killed:
            return "killed";
        case EndKind::NotStarted:
            return "not started";
        case EndKind::Unseen:
            return "unseen";
        case EndKind::Memory:
            return "memory";
        case EndKind::NotReady:
            return "not ready";
        case EndKind::Watchdog:
            return "watchdog";
    }
    return "";
}

std::string describe(const MemoryBreach& breach) {
    return fmt::format("memory {} over memory_restart={}", byte_text(breach.used),
                       byte_text(breach.limit));
}

void DeathLog::add(Death death, LastOutput last_output) {
    if (const int today = local_day(death.at); today != day) {
        day = today;
        for (auto& count : counts) count.today = 0;
    }
    auto& count = counts.at(static_cast<std::size_t>(death.kind));
    ++count.total;
    death.nth_today = ++count.today;
    if (deaths.empty()) deaths.reserve(1);  // most processes end once
    if (deaths.size() == kKept) deaths.erase(deaths.begin());
    deaths.push_back(std::move(death));
    output = std::move(last_output);
}

Death make_death(const config::ProcessConfig& config, const Data& data, DaemonState daemon, End end,
                 const Now& now) {
    Death death;
    death.at = now.wall;
    death.pid = data.pid;
    death.ran = std::max(now.mono - data.started_mono, Duration::zero());
    death.status = end.status;
    death.failure = std::move(end.exec_failure);
    death.stage = std::move(end.stage);
    death.error = end.error;
    // RUNNING without startsecs is never too early, whatever the clock says.
    const bool never_ready = config.readiness->by != config::ReadyBy::Startsecs && !data.ready;
    death.early = data.state == State::Starting && (death.ran < config.startsecs || never_ready);
    death.expected =
        death.failure.empty() && !end.unseen && !death.early &&
        std::ranges::find(*config.exitcodes, end.status.rpc_value()) != config.exitcodes->end();
    death.asked = who_asked(data, daemon, end.breach);
    if (death.asked == Asked::No) death.doom = data.doom;
    if (death.doom == Doom::NotReady || death.doom == Doom::Silent) death.expected = false;
    if (death.asked == Asked::Memory) death.breach = end.breach;
    death.signal_on_request = end.signal_on_request;
    death.left_behind = end.left_behind;
    death.left_killed = end.left_behind > 0 && !config.keep_descendants;
    death.memory = end.memory;
    death.cpu_usec = end.cpu_usec;
    death.kind = kind_of(death, end.unseen, data.killed);
    return death;
}

Death make_start_failure(std::string failure, std::string stage, const Now& now) {
    Death death;
    death.kind = EndKind::NotStarted;
    death.at = now.wall;
    death.failure = failure.empty() ? "unknown error" : std::move(failure);
    death.stage = std::move(stage);
    return death;
}

}  // namespace svd::process
