#include "process/critical.h"

namespace svd::process {

bool has_ended_for_good(const Data& data) {
    return data.state == State::Exited || data.state == State::Fatal;
}

int daemon_exit_code(const Data& data) {
    // As a shell has it.
    constexpr int kNotRun = 127;
    constexpr int kBySignal = 128;
    constexpr int kFailed = 1;
    if (!data.exit) return kNotRun;
    const int code = data.exit->code.value_or(kBySignal + data.exit->signal);
    return code == 0 && data.state == State::Fatal ? kFailed : code;
}

}  // namespace svd::process
