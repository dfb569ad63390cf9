// svd.*: methods that Supervisor does not have. One row each, as in rpc_supervisor.cc.
#include "http/rpc_answer.h"
#include "http/rpc_emit.h"
#include "http/rpc_ends.h"
#include "http/rpc_method.h"
#include "http/rpc_svd_verbs.h"
#include "http/rpc_usage.h"

namespace svd::http {
namespace {

using control::Outcome;

Outcome<void> get_status(const RpcContext& context, const Arguments&, std::string& out) {
    const ArrayScope rows(out);
    context.supervisor.each_status(
        [&](const process::Process& process, std::string_view description) {
            const ArrayScope row(out);
            emit_text(out, process.group->name());
            emit_text(out, process.name());
            emit_int(out, static_cast<int>(process.data.state));
            emit_text(out, process::state_name(process.data.state));
            emit_text(out, description);
        });
    return {};
}

void emit_pool(std::string& out, const control::EventPoolInfo& pool) {
    StructScope fields(out);
    const auto number = [&](std::string_view name, std::uint64_t value) {
        fields.number(name, static_cast<std::int64_t>(value));
    };
    fields.text("group", pool.group);
    number("buffer_size", pool.buffer_size);
    number("queued", pool.queued);
    number("accepted", pool.accepted);
    number("delivered", pool.delivered);
    number("rejected", pool.rejected);
    number("dropped", pool.dropped);
    fields.member("processes", [&] {
        const ArrayScope listeners(out);
        for (const auto& listener : pool.listeners) {
            StructScope row(out);
            row.text("name", listener.name);
            row.number("state", static_cast<int>(listener.state));
            row.text("statename", process::state_name(listener.state));
            row.text("listener_state", listener.listener_state);
        }
    });
}

Outcome<void> get_event_pools(const RpcContext& context, const Arguments&, std::string& out) {
    const ArrayScope pools(out);
    for (const auto& pool : context.supervisor.event_pools()) emit_pool(out, pool);
    return {};
}

constexpr Param kProcess{ArgKind::Name, "string", "name",
                         "A process, `group:process`, or `group:*`"};
constexpr std::string_view kTrueOrMembers =
    "result true; for a whole group an array of structs, one for each process";
constexpr std::string_view kMembers = "result an array of structs, one for each process";
constexpr Param kOne{ArgKind::Name, "string", "name", "a process, as name or group:name"};
constexpr std::string_view kEnds = "result a struct for each process";

Outcome<void> get_daemon_info(const RpcContext& context, const Arguments&, std::string& out) {
    const auto info = context.supervisor.daemon_info();
    StructScope fields(out);
    fields.text("version", info.version);
    fields.number("pid", info.pid);
    fields.number("upgrades", info.upgrades);
    fields.number("started", epoch_seconds(info.started));
    fields.number("processes", static_cast<std::int64_t>(context.supervisor.process_count()));
    fields.flag("outlives_crash", info.outlives_crash);
    return {};
}

void upgrade(const RpcContext& context, const Arguments&, std::string out, ReplyDone done) {
    context.supervisor.upgrade(
        [out = std::move(out), done = std::move(done)](Outcome<void> outcome) mutable {
            if (outcome) emit_bool(out, true);
            done(std::move(out), std::move(outcome));
        });
}

const Method kMethods[] = {
    {"getAllDeaths",
     "",
     During::RunningOnly,
     "The same as svd.getDeaths for all processes, by group and name.",
     {},
     "array",
     kEnds,
     rpc::get_all_deaths},
    {"getAllProcessInfoEx",
     "",
     During::RunningOnly,
     "The same as svd.getProcessInfoEx for all processes, by group and name.",
     {},
     "array",
     kEnds,
     rpc::get_all_process_info_ex},
    {"getDaemonInfo",
     "",
     During::Always,
     "Tells of svd itself: a struct of version, pid, upgrades (how often it has become another\n"
     "program), started (seconds since 1970, of the first one), processes (how many) and\n"
     "outlives_crash (programs would lose nothing if svd crashed now).",
     {},
     "struct",
     "result a struct",
     get_daemon_info},
    {"getDeaths",
     "",
     During::RunningOnly,
     "Tells why a process is in its state and how its last runs ended. Each struct has group, "
     "name,\n"
     "state, statename, pid, start, now, reason (one line), spawnerr, restarts, counts (ends by "
     "kind\n"
     "since the process was added), deaths, and the last output of the run that ended last:\n"
     "stdout_tail and stderr_tail, empty where stdout_kept and stderr_kept are false. deaths holds "
     "at\n"
     "most ten, the latest first, each with kind, text, at, pid, ran, exitstatus, signal, "
     "core_dumped,\n"
     "expected, early, asked, stage, failure, errno, left_behind and oom_kills, and where they "
     "are\n"
     "known memory_limit, memory_peak (bytes) and cpu (seconds); after a restart for "
     "memory_restart\n"
     "memory_used and memory_restart (bytes).",
     {kProcess},
     "array",
     kEnds,
     rpc::get_deaths},
    {"getEventPools",
     "",
     During::RunningOnly,
     "Tells of the event listeners: the queue of each group, what became of its events since the\n"
     "group was added, and its processes. Each struct has group, buffer_size, queued, accepted,\n"
     "delivered, rejected, dropped and processes, an array of structs of name, state, statename "
     "and\n"
     "listener_state. Numbers above 2147483647 stay there.",
     {},
     "array",
     "result a struct for each group",
     get_event_pools},
    {"getGroupUsage",
     "",
     During::RunningOnly,
     "Tells what each group uses: the sums over its processes, under the names of\n"
     "svd.getProcessInfoEx, beside group, processes and running.",
     {},
     "array",
     "result a struct for each group",
     rpc::get_group_usage},
    {"getProcessInfoEx",
     "",
     During::RunningOnly,
     "Tells all of supervisor.getProcessInfo, whether it is paused, what it says of itself\n"
     "(status_text, and phase: reloading, stopping or empty), and what the process, with "
     "everything\n"
     "it started, uses:\n"
     "cpu, cpu_user and cpu_system (seconds, of this run), memory, memory_peak, memory_swap "
     "(bytes),\n"
     "tasks, io_read and io_written (bytes, of this run); limits in force: memory_high, "
     "memory_max,\n"
     "memory_swap_max, tasks_max, cpu_max (CPUs); usage_source (cgroup, proc, cgroup and proc, "
     "none),\n"
     "starts, restarts (those that nobody asked for), last_end, last_end_at, and listener_state of "
     "an\n"
     "event listener. What is not known or not limited is left out.",
     {kOne},
     "struct",
     "result the facts about the process",
     rpc::get_process_info_ex},
    {"getStatus",
     "",
     During::RunningOnly,
     "Tells of all processes, by group and name, what `svctl status` shows.",
     {},
     "array",
     "result an array for each process: group, name, state, statename, description",
     get_status},
    {"getUsage",
     "",
     During::RunningOnly,
     "Tells what all processes use, by group and name, in few bytes. Figures that are not known "
     "are "
     "-1.",
     {},
     "array",
     "result an array for each process: group, name, state, statename, pid, seconds it has run,\n"
     "seconds of cpu, memory, memory_peak, tasks, io_read, io_written, restarts, last_end, "
     "last_end_at,\n"
     "and what it says of itself, if it says anything",
     rpc::get_usage},
    {"pauseAllProcesses",
     "",
     During::RunningOnly,
     "Pauses all processes that run.",
     {},
     "array",
     kMembers,
     rpc::pause_all_processes},
    {"pauseProcess",
     "",
     During::RunningOnly,
     "Freezes a process and all that it started, until it is resumed, stopped or ends. It stays\n"
     "RUNNING. Answers when the kernel has done it.",
     {kProcess},
     "boolean",
     kTrueOrMembers,
     rpc::pause_process},
    {"reopenAllProcessLogs",
     "",
     During::RunningOnly,
     "Opens the log files of all processes again by their paths.",
     {},
     "array",
     kMembers,
     rpc::reopen_all_process_logs},
    {"reopenProcessLogs",
     "",
     During::RunningOnly,
     "Opens both log files of a process again by their paths, after somebody moved them away.",
     {kProcess},
     "boolean",
     kTrueOrMembers,
     rpc::reopen_process_logs},
    {"resumeAllProcesses",
     "",
     During::RunningOnly,
     "Resumes all processes that are paused.",
     {},
     "array",
     kMembers,
     rpc::resume_all_processes},
    {"resumeProcess",
     "",
     During::RunningOnly,
     "Lets a paused process go on; one that is not paused stays as it is.",
     {kProcess},
     "boolean",
     kTrueOrMembers,
     rpc::resume_process},
    {"rotateAllProcessLogs",
     "",
     During::RunningOnly,
     "Rotates the log files of all processes now.",
     {},
     "array",
     kMembers,
     rpc::rotate_all_process_logs},
    {"rotateLog",
     "",
     During::RunningOnly,
     "Rotates the daemon's log now.",
     {},
     "boolean",
     "result always true unless error",
     rpc::rotate_log},
    {"rotateProcessLogs",
     "",
     During::RunningOnly,
     "Rotates both log files of a process now, whatever their size and age; empty ones stay.\n"
     "With no backups to keep they are emptied.",
     {kProcess},
     "boolean",
     kTrueOrMembers,
     rpc::rotate_process_logs},
    {"upgrade",
     "",
     During::RunningOnly,
     "Goes on as the program that is on disk now, with every process, pipe and socket in hand.\n"
     "Answers when that program has agreed; this connection closes a moment later.",
     {},
     "boolean",
     "result true; FAILED when the new program cannot go on, and all stays as it is",
     upgrade},
};

}  // namespace

std::span<const Method> svd_methods() {
    return kMethods;
}

}  // namespace svd::http
