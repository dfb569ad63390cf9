// Exit codes of svctl: those of LSB init scripts, as Supervisor's client uses them.
#pragma once

namespace svd::cli {

enum ExitCode : int {
    kSuccess = 0,
    kGeneric = 1,
    kInvalidArguments = 2,
    kUnimplemented = 3,
    kInsufficientPrivileges = 4,
    kNotInstalled = 5,
    kNotRunning = 7,
};

// What `status` alone returns.
enum StatusExitCode : int {
    kStatusNotRunning = 3,
    kStatusUnknown = 4,
};

}  // namespace svd::cli
