#include "control/fault.h"

#include <algorithm>
#include <array>

namespace svd::control {

namespace {
struct FaultRow {
    FaultCode code;
    std::string_view name;
};

constexpr auto kFaults = std::to_array<FaultRow>({
    {FaultCode::UnknownMethod, "UNKNOWN_METHOD"},
    {FaultCode::IncorrectParameters, "INCORRECT_PARAMETERS"},
    {FaultCode::BadArguments, "BAD_ARGUMENTS"},
    {FaultCode::SignatureUnsupported, "SIGNATURE_UNSUPPORTED"},
    {FaultCode::ShutdownState, "SHUTDOWN_STATE"},
    {FaultCode::BadName, "BAD_NAME"},
    {FaultCode::BadSignal, "BAD_SIGNAL"},
    {FaultCode::NoFile, "NO_FILE"},
    {FaultCode::NotExecutable, "NOT_EXECUTABLE"},
    {FaultCode::Failed, "FAILED"},
    {FaultCode::AbnormalTermination, "ABNORMAL_TERMINATION"},
    {FaultCode::SpawnError, "SPAWN_ERROR"},
    {FaultCode::AlreadyStarted, "ALREADY_STARTED"},
    {FaultCode::NotRunning, "NOT_RUNNING"},
    {FaultCode::Success, "SUCCESS"},
    {FaultCode::AlreadyAdded, "ALREADY_ADDED"},
    {FaultCode::StillRunning, "STILL_RUNNING"},
    {FaultCode::CantReread, "CANT_REREAD"},
});
}  // namespace

std::string_view fault_name(FaultCode code) {
    const auto row = std::ranges::find(kFaults, code, &FaultRow::code);
    return row == kFaults.end() ? std::string_view("FAILED") : row->name;
}

std::string Fault::text() const {
    std::string out(fault_name(code));
    if (detail) out.append(": ").append(*detail);
    return out;
}

}  // namespace svd::control
