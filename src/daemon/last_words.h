// What is written down when a run ends: the facts that the kernel and the pipes still tell then.
#pragma once

#include <string>

#include "linux/children.h"
#include "process/fleet.h"

namespace svd::daemon {

[[nodiscard]] inline process::ExitStatus exit_status(const os::ExitStatus& status) {
    return {status.code, status.signal, status.core_dumped};
}
// "couldn't exec /x/y: ENOENT"; for a report with an exec_stage.
[[nodiscard]] std::string exec_failure_text(const config::ProcessConfig& config,
                                            const os::ExitReport& report);

// To be called when the leader has been reaped and its output drained, before the machine hears of
// it and before anything it left behind is killed. `breach`: what svd ended it for, if it did.
void record_end(process::Process& process, const os::ExitReport& report, bool remains,
                const process::MemoryBreach& breach, process::DaemonState daemon, const Now& now);

}  // namespace svd::daemon
