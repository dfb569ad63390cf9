// Process and daemon states with Supervisor's names and codes.
#pragma once

#include <array>
#include <string_view>

namespace svd::process {

enum class State : int {
    Stopped = 0,
    Starting = 10,
    Running = 20,
    Backoff = 30,
    Stopping = 40,
    Exited = 100,
    Fatal = 200,
    Unknown = 1000,
};

// In ascending order of the codes.
inline constexpr std::array kAllStates{State::Stopped, State::Starting, State::Running,
                                       State::Backoff, State::Stopping, State::Exited,
                                       State::Fatal,   State::Unknown};

enum class DaemonState : int { Running = 1, Restarting = 0, Shutdown = -1 };

[[nodiscard]] std::string_view state_name(State state);  // "RUNNING"
[[nodiscard]] std::string_view daemon_state_name(DaemonState state);
// Supervisor's three classes.
[[nodiscard]] constexpr bool is_stopped(State s) {
    return s == State::Stopped || s == State::Exited || s == State::Fatal || s == State::Unknown;
}
[[nodiscard]] constexpr bool is_running(State s) {
    return s == State::Running || s == State::Backoff || s == State::Starting;
}
[[nodiscard]] constexpr bool is_signallable(State s) {
    return s == State::Running || s == State::Starting || s == State::Stopping;
}

}  // namespace svd::process
