#include "process/state.h"

namespace svd::process {

std::string_view state_name(State state) {
    switch (state) {
        case State::Stopped:
            return "STOPPED";
        case State::Starting:
            return "STARTING";
        case State::Running:
            return "RUNNING";
        case State::Backoff:
            return "BACKOFF";
        case State::Stopping:
            return "STOPPING";
        case State::Exited:
            return "EXITED";
        case State::Fatal:
            return "FATAL";
        case State::Unknown:
            return "UNKNOWN";
    }
    return "UNKNOWN";
}

std::string_view daemon_state_name(DaemonState state) {
    switch (state) {
        case DaemonState::Running:
            return "RUNNING";
        case DaemonState::Restarting:
            return "RESTARTING";
        case DaemonState::Shutdown:
            return "SHUTDOWN";
    }
    return "UNKNOWN";
}

}  // namespace svd::process
