// Actions on processes: start, stop, restart, signal, pause, resume, clear, rotate, reopen.
//
// They share one shape: a method for one process, one for a group and one for all, and words for
// the faults of each process. The Verb table holds what differs.
#include <algorithm>
#include <array>

#include "base/strings.h"
#include "cli/command_table.h"
#include "cli/commands.h"
#include "cli/faults.h"
#include "cli/namespec.h"

namespace svd::cli {
namespace {

struct FaultWords {
    int fault = 0;
    std::string_view text;
};

struct Verb {
    std::string_view name;
    std::string_view one_method;
    std::string_view group_method;  // empty: groups are not known to the verb
    std::string_view all_method;
    std::string_view done;  // "started"
    std::array<FaultWords, 6> words;
    int harmless;           // the fault that leaves the exit code alone, 0 for none
    int no_group_code;      // exit code for an unknown group
    bool failed_is_a_line;  // a FAILED fault is shown by its text alone
    // svd's own methods, given in full: those for one process take `group:*` too.
    bool own = false;
};

constexpr FaultWords kNoProcess{kFaultBadName, "no such process"};
constexpr FaultWords kNotRunningWords{kFaultNotRunning, "not running"};
constexpr FaultWords kBadSignalWords{kFaultBadSignal, "bad signal name"};

constexpr Verb kStart{"start",
                      "startProcess",
                      "startProcessGroup",
                      "startAllProcesses",
                      "started",
                      {kNoProcess,
                       {kFaultNoFile, "no such file"},
                       {kFaultNotExecutable, "file is not executable"},
                       {kFaultAlreadyStarted, "already started"},
                       {kFaultSpawnError, "spawn error"},
                       {kFaultAbnormalTermination, "abnormal termination"}},
                      kFaultAlreadyStarted,
                      kInvalidArguments,
                      false};
constexpr Verb kStop{"stop",
                     "stopProcess",
                     "stopProcessGroup",
                     "stopAllProcesses",
                     "stopped",
                     {kNoProcess, kBadSignalWords, kNotRunningWords},
                     kFaultNotRunning,
                     kGeneric,
                     true};
constexpr Verb kSignal{"signal",
                       "signalProcess",
                       "signalProcessGroup",
                       "signalAllProcesses",
                       "signalled",
                       {kNoProcess, kBadSignalWords, kNotRunningWords},
                       0,
                       kGeneric,
                       true};
constexpr Verb kClear{"clear",   "clearProcessLogs",
                      "",        "clearAllProcessLogs",
                      "cleared", {kNoProcess, {kFaultFailed, "failed"}},
                      0,         kGeneric,
                      false};

constexpr Verb kPause{"pause",
                      "svd.pauseProcess",
                      "svd.pauseProcess",
                      "svd.pauseAllProcesses",
                      "paused",
                      {kNoProcess, kNotRunningWords},
                      0,
                      kGeneric,
                      false,
                      true};
constexpr Verb kResume{"resume",
                       "svd.resumeProcess",
                       "svd.resumeProcess",
                       "svd.resumeAllProcesses",
                       "resumed",
                       {kNoProcess, kNotRunningWords},
                       0,
                       kGeneric,
                       false,
                       true};
constexpr Verb kRotate{"rotate",
                       "svd.rotateProcessLogs",
                       "svd.rotateProcessLogs",
                       "svd.rotateAllProcessLogs",
                       "rotated",
                       {kNoProcess},
                       0,
                       kGeneric,
                       false,
                       true};
constexpr Verb kReopen{"reopen",
                       "svd.reopenProcessLogs",
                       "svd.reopenProcessLogs",
                       "svd.reopenAllProcessLogs",
                       "reopened",
                       {kNoProcess},
                       0,
                       kGeneric,
                       false,
                       true};

struct Outcome {
    std::string name;  // namespec
    int status = kFaultSuccess;
    std::string description;
};

std::string outcome_line(const Verb& verb, const Outcome& outcome) {
    if (outcome.status == kFaultSuccess) return fmt::format("{}: {}", outcome.name, verb.done);
    for (const auto& [fault, text] : verb.words)
        if (!text.empty() && fault == outcome.status)
            return fmt::format("{}: ERROR ({})", outcome.name, text);
    if (verb.failed_is_a_line && outcome.status == kFaultFailed) return outcome.description;
    return fmt::format("{}: ERROR ({})", outcome.name, outcome.description);
}

bool is_dead_program(int fault) {
    return fault == kFaultSpawnError || fault == kFaultAbnormalTermination ||
           fault == kFaultNotRunning;
}

void show(Session& session, const Verb& verb, const Outcome& outcome) {
    session.print(outcome_line(verb, outcome));
    if (outcome.status == kFaultSuccess || outcome.status == verb.harmless) return;
    session.fail_with(is_dead_program(outcome.status) ? kNotRunning : kGeneric);
}

void show_all(Session& session, const Verb& verb, const wire::Value& results) {
    for (const auto& result : results.elements())
        show(session, verb,
             {namespec_of(result), static_cast<int>(int_member(result, "status")),
              std::string(text_member(result, "description"))});
}

using Extra = std::vector<wire::Value>;  // parameters behind the name: the signal

wire::Array parameters(std::string_view name, const Extra& extra) {
    wire::Array params{wire::Value(name)};
    params.insert(params.end(), extra.begin(), extra.end());
    return params;
}

CallResult call(Session& session, const Verb& verb, std::string_view method,
                const wire::Array& params) {
    return verb.own ? session.call_full(method, params) : session.call(method, params);
}

// False when going on makes no sense: the server is gone or going.
bool act_on_group(Session& session, const Verb& verb, const std::string& group,
                  const Extra& extra) {
    const auto results =
        call(session, verb, verb.group_method, parameters(verb.own ? group + ":*" : group, extra));
    if (results) {
        show_all(session, verb, *results);
        return true;
    }
    if (!results.error().is_fault(kFaultBadName)) {
        session.report(results.error());
        return false;
    }
    session.print(fmt::format("{}: ERROR (no such group)", group));
    session.fail_with(verb.no_group_code);
    return true;
}

bool act_on_name(Session& session, const Verb& verb, std::string_view name, const Extra& extra) {
    const auto spec = split_namespec(name);
    if (!spec.process && !verb.group_method.empty())
        return act_on_group(session, verb, spec.group, extra);
    // A verb without groups shows the missing process as Supervisor's client does.
    Outcome outcome{make_namespec(spec.group, spec.process.value_or("None")), kFaultSuccess, {}};
    const auto answer = call(session, verb, verb.one_method, parameters(name, extra));
    if (!answer) {
        const auto& error = answer.error();
        if (error.kind != CallError::Kind::Fault || error.code == kFaultShutdownState) {
            session.report(error);
            return false;
        }
        outcome.status = error.code;
        outcome.description = error.text;
    }
    show(session, verb, outcome);
    return true;
}

void act(Session& session, const Verb& verb, const std::vector<std::string_view>& names,
         const Extra& extra = {}) {
    if (std::ranges::find(names, "all") != names.end()) {
        const auto results = call(session, verb, verb.all_method, extra);
        if (results)
            show_all(session, verb, *results);
        else
            session.report(results.error());
        return;
    }
    for (const auto name : names)
        if (!act_on_name(session, verb, name, extra)) return;
}

void act_or_refuse(Session& session, const Verb& verb, std::string_view argument, int code) {
    const auto names = split_blanks(argument);
    if (names.empty())
        refuse(session, verb.name, fmt::format("Error: {} requires a process name", verb.name),
               code);
    else
        act(session, verb, names);
}

}  // namespace

void run_start(Session& session, std::string_view argument) {
    act_or_refuse(session, kStart, argument, kInvalidArguments);
}

void run_stop(Session& session, std::string_view argument) {
    act_or_refuse(session, kStop, argument, kGeneric);
}

void run_restart(Session& session, std::string_view argument) {
    const auto names = split_blanks(argument);
    if (names.empty()) {
        refuse(session, "restart", "Error: restart requires a process name");
        return;
    }
    act(session, kStop, names);
    // The server may have been told to end while programs stopped.
    if (session.upcheck()) act(session, kStart, names);
}

void run_signal(Session& session, std::string_view argument) {
    auto names = split_blanks(argument);
    if (names.size() < 2) {
        refuse(session, "signal", "Error: signal requires a signal name and a process name");
        return;
    }
    const Extra signal{wire::Value(names.front())};
    names.erase(names.begin());
    act(session, kSignal, names, signal);
}

void run_clear(Session& session, std::string_view argument) {
    act_or_refuse(session, kClear, argument, kGeneric);
}

void run_pause(Session& session, std::string_view argument) {
    act_or_refuse(session, kPause, argument, kGeneric);
}

void run_resume(Session& session, std::string_view argument) {
    act_or_refuse(session, kResume, argument, kGeneric);
}

void run_rotate(Session& session, std::string_view argument) {
    act_or_refuse(session, kRotate, argument, kGeneric);
}

void run_reopen(Session& session, std::string_view argument) {
    act_or_refuse(session, kReopen, argument, kGeneric);
}

}  // namespace svd::cli
