#include "control/fault.h"

#include <algorithm>
#include <array>

namespace svd::control {

namespace {
struct FaultRow {
    FaultCode code;
    std::string_view name;
    std::string_view word;
    std::string_view advice;
    std::string_view meaning;
};

constexpr std::string_view kSeeWhy = "Why tells more, and so does the log";

constexpr auto kFaults = std::to_array<FaultRow>({
    {FaultCode::UnknownMethod, "UNKNOWN_METHOD", "UnknownMethod", "", "There is no such method."},
    {FaultCode::IncorrectParameters, "INCORRECT_PARAMETERS", "IncorrectParameters", "",
     "Too few or too many parameters, or one of a wrong type."},
    {FaultCode::BadArguments, "BAD_ARGUMENTS", "BadArguments",
     "offset and length are bytes; a negative offset counts from the end and goes with length 0",
     "Offset and length make no sense together."},
    {FaultCode::SignatureUnsupported, "SIGNATURE_UNSUPPORTED", "SignatureUnsupported", "",
     "`system.methodHelp` and `system.methodSignature`: there is no such method."},
    {FaultCode::ShutdownState, "SHUTDOWN_STATE", "ShutdownState",
     "svd is stopping or starting anew; ask again when it runs",
     "svd is stopping, or starting anew."},
    {FaultCode::BadName, "BAD_NAME", "BadName",
     "there is no such process or group; ListProcesses has the names, group:* is a whole group",
     "There is no such process or group."},
    {FaultCode::BadSignal, "BAD_SIGNAL", "BadSignal", "a name such as HUP or SIGHUP, or a number",
     "There is no such signal."},
    {FaultCode::NoFile, "NO_FILE", "NoFile", "there is no such file, log or stdin",
     "A start: the command does not exist. Logs: there is no such file. Standard input: it is "
     "closed."},
    {FaultCode::NotExecutable, "NOT_EXECUTABLE", "NotExecutable",
     "the command needs the permission to be executed", "A start: the command cannot be executed."},
    {FaultCode::Failed, "FAILED", "Failed", "", "It could not be done; the text says why."},
    {FaultCode::AbnormalTermination, "ABNORMAL_TERMINATION", "AbnormalTermination", kSeeWhy,
     "A start: somebody stopped the process before it was RUNNING."},
    {FaultCode::SpawnError, "SPAWN_ERROR", "SpawnError", kSeeWhy,
     "A start: no process could be made, or it ended before it was RUNNING."},
    {FaultCode::AlreadyStarted, "ALREADY_STARTED", "AlreadyStarted",
     "it runs already; RestartProcess starts it anew",
     "A start: the process runs, or is on its way."},
    {FaultCode::NotRunning, "NOT_RUNNING", "NotRunning", "start it first",
     "A stop, a pause, a signal or standard input: no process is there."},
    {FaultCode::Success, "SUCCESS", "Success", "",
     "No fault: the status of a process in the results of an action on several."},
    {FaultCode::AlreadyAdded, "ALREADY_ADDED", "AlreadyAdded",
     "the group is there; Update takes a changed one in", "The group is there already."},
    {FaultCode::StillRunning, "STILL_RUNNING", "StillRunning", "stop the group first",
     "The group has processes that run."},
    {FaultCode::CantReread, "CANT_REREAD", "CantReread",
     "mend the configuration; everything goes on as it is",
     "The configuration has errors; the text names the first."},
});

const FaultRow& row_of(FaultCode code) {
    const auto row = std::ranges::find(kFaults, code, &FaultRow::code);
    return row == kFaults.end() ? *std::ranges::find(kFaults, FaultCode::Failed, &FaultRow::code)
                                : *row;
}
constexpr auto kCodes = [] {
    std::array<FaultCode, kFaults.size()> codes{};
    std::ranges::transform(kFaults, codes.begin(), &FaultRow::code);
    return codes;
}();
static_assert(std::ranges::is_sorted(kCodes));
}  // namespace

std::string_view fault_name(FaultCode code) {
    return row_of(code).name;
}
std::string_view fault_word(FaultCode code) {
    return row_of(code).word;
}
std::string_view fault_advice(FaultCode code) {
    return row_of(code).advice;
}
std::string_view fault_meaning(FaultCode code) {
    return row_of(code).meaning;
}

std::span<const FaultCode> all_faults() {
    return kCodes;
}

std::string Fault::text() const {
    std::string out(fault_name(code));
    if (detail) out.append(": ").append(*detail);
    return out;
}

}  // namespace svd::control
