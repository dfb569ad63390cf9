// Faults: the one table of what a verb can refuse with, in XML-RPC's codes and words.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace svd::control {

enum class FaultCode : int {
    UnknownMethod = 1,
    IncorrectParameters = 2,
    BadArguments = 3,
    SignatureUnsupported = 4,
    ShutdownState = 6,
    BadName = 10,
    BadSignal = 11,
    NoFile = 20,
    NotExecutable = 21,
    Failed = 30,
    AbnormalTermination = 40,
    SpawnError = 50,
    AlreadyStarted = 60,
    NotRunning = 70,
    Success = 80,
    AlreadyAdded = 90,
    StillRunning = 91,
    CantReread = 92,
};

[[nodiscard]] std::string_view fault_name(FaultCode code);  // "BAD_NAME"
[[nodiscard]] std::string_view fault_word(FaultCode code);  // "BadName", the end of an error's name
[[nodiscard]] std::string_view fault_advice(FaultCode code);   // what to do; may be empty
[[nodiscard]] std::string_view fault_meaning(FaultCode code);  // when it comes, for the manual
// Every code, in ascending order.
[[nodiscard]] std::span<const FaultCode> all_faults();

struct Fault {
    FaultCode code = FaultCode::Failed;
    std::optional<std::string> detail = std::nullopt;  // none: the bare name is the whole text
    // "BAD_NAME: web" or "BAD_NAME".
    [[nodiscard]] std::string text() const;
    bool operator==(const Fault&) const = default;
};

template <class T>
using Outcome = std::expected<T, Fault>;

[[nodiscard]] inline std::unexpected<Fault> refuse(
    FaultCode code, std::optional<std::string> detail = std::nullopt) {
    return std::unexpected(Fault{code, std::move(detail)});
}

// Called exactly once, now or later, with the outcome of a verb that may have to wait.
template <class T>
using Done = std::function<void(Outcome<T>)>;

}  // namespace svd::control
