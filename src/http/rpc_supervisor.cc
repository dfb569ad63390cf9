// supervisor.*: one row per method; the rows only translate between XML-RPC and control's verbs.
// long-file: the rows of one interface stay together, in the order of its methods.
#include <utility>

#include <unistd.h>

#include "http/rpc_emit.h"
#include "http/rpc_method.h"

namespace svd::http {
namespace {

using control::Channel;
using control::Outcome;
using control::Wait;
using Context = RpcContext;
using Results = control::MemberResults;

Outcome<void> truth(std::string& out) {
    emit_bool(out, true);
    return {};
}
Outcome<void> truth_of(const Outcome<void>& outcome, std::string& out) {
    return outcome ? truth(out) : outcome;
}
Outcome<void> text_of(const Outcome<std::string>& outcome, std::string& out) {
    if (!outcome) return std::unexpected(outcome.error());
    emit_text(out, *outcome);
    return {};
}
Outcome<void> results_of(const Outcome<Results>& outcome, std::string& out) {
    if (!outcome) return std::unexpected(outcome.error());
    emit_member_results(out, *outcome);
    return {};
}
// A verb on one process answers true, on a whole group with its members.
Outcome<void> one_or_many(const Outcome<Results>& outcome, bool many, std::string& out) {
    if (!outcome) return std::unexpected(outcome.error());
    if (!many) return truth(out);
    emit_member_results(out, *outcome);
    return {};
}
bool is_whole_group(std::string_view name) {
    return !control::split_namespec(name).process;
}

// --- the daemon
Outcome<void> get_api_version(const Context&, const Arguments&, std::string& out) {
    emit_text(out, "3.0");
    return {};
}
Outcome<void> get_supervisor_version(const Context& c, const Arguments&, std::string& out) {
    emit_text(out, c.version);
    return {};
}
Outcome<void> get_identification(const Context& c, const Arguments&, std::string& out) {
    emit_text(out, c.supervisor.identification());
    return {};
}
Outcome<void> get_state(const Context& c, const Arguments&, std::string& out) {
    StructScope fields(out);
    fields.number("statecode", static_cast<int>(c.supervisor.state()));
    fields.text("statename", process::daemon_state_name(c.supervisor.state()));
    return {};
}
Outcome<void> get_pid(const Context&, const Arguments&, std::string& out) {
    emit_int(out, ::getpid());
    return {};
}
Outcome<void> shutdown(const Context& c, const Arguments&, std::string& out) {
    return truth_of(c.supervisor.shutdown(), out);
}
Outcome<void> restart(const Context& c, const Arguments&, std::string& out) {
    return truth_of(c.supervisor.restart(), out);
}
Outcome<void> reload_config(const Context& c, const Arguments&, std::string& out) {
    const auto result = c.supervisor.reload_config();
    if (!result) return std::unexpected(result.error());
    const ArrayScope outer(out);
    const ArrayScope inner(out);
    emit_texts(out, result->added);
    emit_texts(out, result->changed);
    emit_texts(out, result->removed);
    return {};
}
Outcome<void> add_process_group(const Context& c, const Arguments& args, std::string& out) {
    return truth_of(c.supervisor.add_group(args[0].text), out);
}
Outcome<void> remove_process_group(const Context& c, const Arguments& args, std::string& out) {
    return truth_of(c.supervisor.remove_group(args[0].text), out);
}
Outcome<void> send_remote_comm_event(const Context& c, const Arguments& args, std::string& out) {
    c.supervisor.send_remote_comm_event(args[0].text, args[1].text);
    return truth(out);
}

// --- looking
Outcome<void> get_process_info(const Context& c, const Arguments& args, std::string& out) {
    const auto info = c.supervisor.process_info(args[0].text);
    if (!info) return std::unexpected(info.error());
    emit_process_info(out, *info);
    return {};
}
Outcome<void> get_all_process_info(const Context& c, const Arguments&, std::string& out) {
    const ArrayScope array(out);
    c.supervisor.each_process_info([&](const control::ProcessInfo& info) {
        // Growing by doubling copies a large answer several times over.
        if (out.capacity() - out.size() < kProcessInfoBytes) {
            out.reserve(out.size() + out.size() / 2 + 64 * kProcessInfoBytes);
        }
        emit_process_info(out, info);
    });
    return {};
}
Outcome<void> get_all_config_info(const Context& c, const Arguments&, std::string& out) {
    const ArrayScope array(out);
    for (const control::ConfigInfo& info : c.supervisor.all_config_info()) {
        emit_config_info(out, info);
    }
    return {};
}

// --- acting
using ResultsDone = control::Done<Results>;

ResultsDone then_emit(bool many, std::string out, ReplyDone done) {
    return [many, out = std::move(out), done = std::move(done)](Outcome<Results> results) mutable {
        auto outcome = one_or_many(results, many, out);
        done(std::move(out), std::move(outcome));
    };
}
Wait wait_of(const Argument& argument) {
    return argument.flag ? Wait::Yes : Wait::No;
}

void start_process(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    const std::string& name = args[0].text;
    c.supervisor.start(name, wait_of(args[1]),
                       then_emit(is_whole_group(name), std::move(out), std::move(done)));
}
void start_process_group(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    c.supervisor.start_group(args[0].text, wait_of(args[1]),
                             then_emit(true, std::move(out), std::move(done)));
}
void start_all_processes(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    c.supervisor.start_all(wait_of(args[0]), then_emit(true, std::move(out), std::move(done)));
}
void stop_process(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    const std::string& name = args[0].text;
    c.supervisor.stop(name, wait_of(args[1]),
                      then_emit(is_whole_group(name), std::move(out), std::move(done)));
}
void stop_process_group(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    c.supervisor.stop_group(args[0].text, wait_of(args[1]),
                            then_emit(true, std::move(out), std::move(done)));
}
void stop_all_processes(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    c.supervisor.stop_all(wait_of(args[0]), then_emit(true, std::move(out), std::move(done)));
}
Outcome<void> signal_process(const Context& c, const Arguments& args, std::string& out) {
    return one_or_many(c.supervisor.signal(args[0].text, args[1].text),
                       is_whole_group(args[0].text), out);
}
Outcome<void> signal_process_group(const Context& c, const Arguments& args, std::string& out) {
    return results_of(c.supervisor.signal_group(args[0].text, args[1].text), out);
}
Outcome<void> signal_all_processes(const Context& c, const Arguments& args, std::string& out) {
    emit_member_results(out, c.supervisor.signal_all(args[0].text));
    return {};
}
Outcome<void> send_process_stdin(const Context& c, const Arguments& args, std::string& out) {
    return truth_of(c.supervisor.send_stdin(args[0].text, args[1].text), out);
}

// --- logs
Outcome<void> read_log(const Context& c, const Arguments& args, std::string& out) {
    return text_of(c.supervisor.read_log(args[0].number, args[1].number), out);
}
Outcome<void> clear_log(const Context& c, const Arguments&, std::string& out) {
    return truth_of(c.supervisor.clear_log(), out);
}
template <Channel kChannel>
Outcome<void> read_process_log(const Context& c, const Arguments& args, std::string& out) {
    return text_of(
        c.supervisor.read_process_log(args[0].text, kChannel, args[1].number, args[2].number), out);
}
template <Channel kChannel>
Outcome<void> tail_process_log(const Context& c, const Arguments& args, std::string& out) {
    const auto chunk =
        c.supervisor.tail_process_log(args[0].text, kChannel, args[1].number, args[2].number);
    if (!chunk) return std::unexpected(chunk.error());
    const ArrayScope array(out);
    emit_text(out, chunk->data);
    emit_int(out, chunk->offset);
    emit_bool(out, chunk->overflow);
    return {};
}
Outcome<void> clear_process_logs(const Context& c, const Arguments& args, std::string& out) {
    return truth_of(c.supervisor.clear_process_logs(args[0].text), out);
}
Outcome<void> clear_all_process_logs(const Context& c, const Arguments&, std::string& out) {
    emit_member_results(out, c.supervisor.clear_all_process_logs());
    return {};
}

// --- the table
constexpr Param kProcess{ArgKind::Name, "string", "name", "a process, as name or group:name"};
constexpr Param kProcesses{ArgKind::Name, "string", "name",
                           "a process, as name or group:name, or a group, as group:*"};
constexpr Param kGroup{ArgKind::Group, "string", "name", "a group"};
constexpr Param kStartWait{ArgKind::Flag, "boolean", "wait",
                           "answer only when it is settled whether the start succeeded", true};
constexpr Param kStopWait{ArgKind::Flag, "boolean", "wait",
                          "answer only when everything has stopped", true};
constexpr Param kSignal{ArgKind::Text, "string", "signal", "a signal, as HUP, SIGHUP or 1"};
constexpr Param kOffset{ArgKind::Integer, "int", "offset",
                        "first byte to read; negative: so many bytes before the end"};
constexpr Param kLength{ArgKind::Integer, "int", "length",
                        "most bytes to read; 0: all up to the end"};
constexpr Param kTailOffset{ArgKind::Integer, "int", "offset", "where the last tail ended"};
constexpr Param kTailLength{ArgKind::Integer, "int", "length", "most bytes to read"};
constexpr std::string_view kTrue = "result always true, unless it faults";
constexpr std::string_view kMembers =
    "result a struct of name, group, status and description for each process concerned";
constexpr std::string_view kTailResult =
    "result the text, the size of the log, and whether bytes before the text were left out";

constexpr auto kRunning = During::RunningOnly;

const Method kMethods[] = {
    {"getAPIVersion",
     "getVersion",
     kRunning,
     "Tells the version of this interface.",
     {},
     "string",
     "version the version",
     get_api_version},
    {"getSupervisorVersion",
     "",
     kRunning,
     "Tells which Supervisor this daemon behaves like.",
     {},
     "string",
     "version the version",
     get_supervisor_version},
    {"getIdentification",
     "",
     kRunning,
     "Tells the identifier given in the configuration.",
     {},
     "string",
     "identifier the identifier",
     get_identification},
    {"getState",
     "",
     kRunning,
     "Tells the daemon's own state.",
     {},
     "struct",
     "result statecode and statename",
     get_state},
    {"getPID",
     "",
     kRunning,
     "Tells the daemon's process id.",
     {},
     "int",
     "pid the process id",
     get_pid},
    {"readLog",
     "readMainLog",
     kRunning,
     "Reads from the daemon's log.",
     {kOffset, kLength},
     "string",
     "result the text",
     read_log},
    {"clearLog", "", kRunning, "Empties the daemon's log.", {}, "boolean", kTrue, clear_log},
    {"shutdown",
     "",
     kRunning,
     "Stops all processes and ends the daemon.",
     {},
     "boolean",
     kTrue,
     shutdown},
    {"restart",
     "",
     kRunning,
     "Stops all processes and starts the daemon over.",
     {},
     "boolean",
     kTrue,
     restart},
    {"reloadConfig",
     "",
     kRunning,
     "Reads the configuration again and tells what differs from the groups that run. Nothing is\n"
     "changed by this call.",
     {},
     "array",
     "result [[added, changed, removed]], each an array of group names",
     reload_config},
    {"addProcessGroup",
     "",
     kRunning,
     "Takes a group of the configuration last read into the running daemon.",
     {kGroup},
     "boolean",
     kTrue,
     add_process_group},
    {"removeProcessGroup",
     "",
     kRunning,
     "Drops a group whose processes are all stopped.",
     {kGroup},
     "boolean",
     kTrue,
     remove_process_group},
    {"getProcessInfo",
     "",
     kRunning,
     "Describes one process.",
     {kProcess},
     "struct",
     "result the facts about the process",
     get_process_info},
    {"getAllProcessInfo",
     "",
     kRunning,
     "Describes all processes, by group and name.",
     {},
     "array",
     "result a struct for each process",
     get_all_process_info},
    {"getAllConfigInfo",
     "",
     kRunning,
     "Describes every process of the configuration last read, by name.",
     {},
     "array",
     "result a struct for each process",
     get_all_config_info},
    {"startProcess",
     "",
     kRunning,
     "Starts a process, or all processes of a group.",
     {kProcesses, kStartWait},
     "boolean",
     "result true; an array of structs for a group",
     start_process},
    {"startProcessGroup",
     "",
     kRunning,
     "Starts all processes of a group.",
     {kGroup, kStartWait},
     "array",
     kMembers,
     start_process_group},
    {"startAllProcesses",
     "",
     kRunning,
     "Starts every process that does not run.",
     {kStartWait},
     "array",
     kMembers,
     start_all_processes},
    {"stopProcess",
     "",
     kRunning,
     "Stops a process, or all processes of a group.",
     {kProcesses, kStopWait},
     "boolean",
     "result true; an array of structs for a group",
     stop_process},
    {"stopProcessGroup",
     "",
     kRunning,
     "Stops all processes of a group.",
     {kGroup, kStopWait},
     "array",
     kMembers,
     stop_process_group},
    {"stopAllProcesses",
     "",
     kRunning,
     "Stops every process that runs.",
     {kStopWait},
     "array",
     kMembers,
     stop_all_processes},
    {"signalProcess",
     "",
     kRunning,
     "Sends a signal to a process, or to all processes of a group.",
     {kProcesses, kSignal},
     "boolean",
     "result true; an array of structs for a group",
     signal_process},
    {"signalProcessGroup",
     "",
     kRunning,
     "Sends a signal to all processes of a group.",
     {kGroup, kSignal},
     "array",
     kMembers,
     signal_process_group},
    {"signalAllProcesses",
     "",
     kRunning,
     "Sends a signal to every process that runs.",
     {kSignal},
     "array",
     kMembers,
     signal_all_processes},
    {"sendProcessStdin",
     "",
     kRunning,
     "Writes text to the standard input of a process.",
     {kProcess, Param{ArgKind::Chars, "string", "chars", "the text, written as UTF-8"}},
     "boolean",
     kTrue,
     send_process_stdin},
    {"sendRemoteCommEvent",
     "",
     During::Always,
     "Publishes a REMOTE_COMMUNICATION event to the event listeners.",
     {Param{ArgKind::Text, "string", "type", "what the event says its type is"},
      Param{ArgKind::Text, "string", "data", "the body of the event"}},
     "boolean",
     kTrue,
     send_remote_comm_event},
    {"readProcessStdoutLog",
     "readProcessLog",
     kRunning,
     "Reads from a process's stdout log.",
     {kProcess, kOffset, kLength},
     "string",
     "result the text",
     read_process_log<Channel::Stdout>},
    {"readProcessStderrLog",
     "",
     kRunning,
     "Reads from a process's stderr log.",
     {kProcess, kOffset, kLength},
     "string",
     "result the text",
     read_process_log<Channel::Stderr>},
    {"tailProcessStdoutLog",
     "tailProcessLog",
     kRunning,
     "Reads the end of a process's stdout log; made for being called again and again.",
     {kProcess, kTailOffset, kTailLength},
     "array",
     kTailResult,
     tail_process_log<Channel::Stdout>},
    {"tailProcessStderrLog",
     "",
     kRunning,
     "Reads the end of a process's stderr log; made for being called again and again.",
     {kProcess, kTailOffset, kTailLength},
     "array",
     kTailResult,
     tail_process_log<Channel::Stderr>},
    {"clearProcessLogs",
     "clearProcessLog",
     kRunning,
     "Empties both logs of a process.",
     {kProcess},
     "boolean",
     kTrue,
     clear_process_logs},
    {"clearAllProcessLogs",
     "",
     kRunning,
     "Empties the logs of all processes.",
     {},
     "array",
     kMembers,
     clear_all_process_logs},
};

}  // namespace

std::span<const Method> supervisor_methods() {
    return kMethods;
}

}  // namespace svd::http
