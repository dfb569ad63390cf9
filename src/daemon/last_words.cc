#include "daemon/last_words.h"

#include "base/signal_table.h"
#include "daemon/runtime.h"
#include "linux/accounting.h"
#include "linux/spawn.h"

namespace svd::daemon {

namespace {

process::MemoryFacts memory_facts(const os::Scope& scope, const Counters& run,
                                  const os::ExitStatus& status) {
    process::MemoryFacts facts;
    facts.oom_kills = run.oom_kills;
    if (run.memory_peak > 0) facts.peak = run.memory_peak;
    const bool by_sigkill = !status.code && status.signal == kSigkill;
    // Only these ends are explained by a limit.
    if (!by_sigkill && run.oom_kills == 0) return facts;
    const auto limit = os::read_memory_limit(scope);
    facts.known = limit.has_controller;
    facts.limit = limit.bytes;
    facts.limit_from_above = limit.from_above;
    return facts;
}

std::string last_output(const Output& output, WallTime since) {
    return output.channel ? output.channel->last_output(since) : std::string();
}

}  // namespace

std::string exec_failure_text(const config::ProcessConfig& config, const os::ExitReport& report) {
    return os::describe_exec_failure(*report.exec_stage, report.exec_errno, config.command,
                                     config.directory.value_or(""),
                                     config.user ? config.user->uid : 0, report.exec_resource)
        .text;
}

void record_end(process::Process& process, const os::ExitReport& report, bool remains,
                const process::MemoryBreach& breach, process::DaemonState daemon, const Now& now) {
    const auto& runtime = runtime_of(process);
    const Counters before = process.deaths ? process.deaths->at_end : Counters{};
    const Counters counters = os::read_counters(runtime.scope);
    const Counters run = since(counters, before);

    process::End end;
    end.status = exit_status(report.status);
    end.unseen = report.lost;
    end.signal_on_request = runtime.signal_on_request;
    if (report.exec_stage) {
        end.exec_failure = exec_failure_text(*process.config, report);
        end.stage = os::stage_name(*report.exec_stage);
        end.error = report.exec_errno;
    }
    if (remains) end.left_behind = static_cast<std::uint32_t>(runtime.scope.pids().size());
    end.memory = memory_facts(runtime.scope, run, report.status);
    end.breach = breach;
    if (counters.cgroup != 0) end.cpu_usec = run.cpu_usec;
    process.record(make_death(*process.config, process.data, daemon, std::move(end), now),
                   {last_output(runtime.out, process.data.laststart),
                    last_output(runtime.err, process.data.laststart)});
    process.deaths->at_end = counters;
}

}  // namespace svd::daemon
