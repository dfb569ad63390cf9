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
};

constexpr std::string_view kSeeWhy = "Why tells more, and so does the log";

constexpr auto kFaults = std::to_array<FaultRow>({
    {FaultCode::UnknownMethod, "UNKNOWN_METHOD", "UnknownMethod", ""},
    {FaultCode::IncorrectParameters, "INCORRECT_PARAMETERS", "IncorrectParameters", ""},
    {FaultCode::BadArguments, "BAD_ARGUMENTS", "BadArguments",
     "offset and length are bytes; a negative offset counts from the end and goes with length 0"},
    {FaultCode::SignatureUnsupported, "SIGNATURE_UNSUPPORTED", "SignatureUnsupported", ""},
    {FaultCode::ShutdownState, "SHUTDOWN_STATE", "ShutdownState",
     "svd is stopping or starting anew; ask again when it runs"},
    {FaultCode::BadName, "BAD_NAME", "BadName",
     "there is no such process or group; ListProcesses has the names, group:* is a whole group"},
    {FaultCode::BadSignal, "BAD_SIGNAL", "BadSignal", "a name such as HUP or SIGHUP, or a number"},
    {FaultCode::NoFile, "NO_FILE", "NoFile", "there is no such file, log or stdin"},
    {FaultCode::NotExecutable, "NOT_EXECUTABLE", "NotExecutable",
     "the command needs the permission to be executed"},
    {FaultCode::Failed, "FAILED", "Failed", ""},
    {FaultCode::AbnormalTermination, "ABNORMAL_TERMINATION", "AbnormalTermination", kSeeWhy},
    {FaultCode::SpawnError, "SPAWN_ERROR", "SpawnError", kSeeWhy},
    {FaultCode::AlreadyStarted, "ALREADY_STARTED", "AlreadyStarted",
     "it runs already; RestartProcess starts it anew"},
    {FaultCode::NotRunning, "NOT_RUNNING", "NotRunning", "start it first"},
    {FaultCode::Success, "SUCCESS", "Success", ""},
    {FaultCode::AlreadyAdded, "ALREADY_ADDED", "AlreadyAdded",
     "the group is there; Update takes a changed one in"},
    {FaultCode::StillRunning, "STILL_RUNNING", "StillRunning", "stop the group first"},
    {FaultCode::CantReread, "CANT_REREAD", "CantReread",
     "mend the configuration; everything goes on as it is"},
});

const FaultRow& row_of(FaultCode code) {
    const auto row = std::ranges::find(kFaults, code, &FaultRow::code);
    return row == kFaults.end() ? *std::ranges::find(kFaults, FaultCode::Failed, &FaultRow::code)
                                : *row;
}
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

std::string Fault::text() const {
    std::string out(fault_name(code));
    if (detail) out.append(": ").append(*detail);
    return out;
}

}  // namespace svd::control
