// Pausing: the cgroup freezer under a program. What stands, stands in Runtime::pause.
#include <cerrno>
#include <chrono>

#include <signal.h>

#include "daemon/executor.h"

namespace svd::daemon {

using process::Process;

namespace {
// A process that waits for a dead disk or network share cannot be frozen.
constexpr std::chrono::seconds kPauseBound{5};
}  // namespace

Status Executor::order_pause(Process& process, bool pause) {
    auto& runtime = runtime_of(process);
    if (!runtime.scope.uses_cgroup()) {
        const auto& why = parts_.scopes.why_walking();
        return fail("pausing needs a cgroup{}{}", why.empty() ? "" : ": ", why);
    }
    SVD_TRY(const UniqueFd directory, runtime.scope.spawn_directory());
    if (auto ordered = os::order_freeze(directory.get(), pause); !ordered) {
        if (ordered.error().code == ENOENT) return fail("pausing needs Linux 5.2");
        return ordered;
    }
    if (!runtime.pause) runtime.pause = std::make_unique<Pause>();
    runtime.pause->state = {.paused = pause, .changing = true, .failed = false, .trouble = {}};
    auto wait = os::FreezeWait::begin(
        parts_.loop, directory.get(), pause, kPauseBound,
        [this, &process](const Status& status) { pause_settled(process, status); });
    if (!wait) {
        lift_pause(process, wait.error().text);
        return std::unexpected(std::move(wait).error());
    }
    runtime.pause->wait = *std::move(wait);
    wind_watchdog(process);
    return {};
}

void Executor::pause_settled(Process& process, const Status& status) {
    auto& [state, wait] = *runtime_of(process).pause;
    const bool paused = state.paused;
    if (status) {
        parts_.log.info("{}: {} (pid {})", paused ? "paused" : "resumed", process.name(),
                        process.data.pid);
        wait = {};
        state.changing = false;
        state.trouble = paused ? "it was paused again" : "it was resumed meanwhile";
    } else {
        const auto why = status.error().code == ETIMEDOUT
                             ? fmt::format("not {} after {} seconds", paused ? "frozen" : "thawed",
                                           kPauseBound.count())
                             : status.error().text;
        parts_.log.warn("'{}' could not be {}: {}", process.name(), paused ? "paused" : "resumed",
                        why);
        lift_pause(process, why);
        state.failed = true;
    }
    if (!state.paused) memory_.watch(process);
    wind_watchdog(process);
    if (on_detail_change_) on_detail_change_(process);
    if (on_change_) on_change_();
}

void Executor::lift_pause(Process& process, std::string_view why) {
    const auto& pause = runtime_of(process).pause;
    if (!pause || (!pause->state.paused && !pause->state.changing)) return;
    auto& [state, wait] = *pause;
    // Or the next run would stand still from its first instruction on.
    const auto thawed = [&]() -> Status {
        SVD_TRY(const UniqueFd directory, runtime_of(process).scope.spawn_directory());
        return os::order_freeze(directory.get(), false);
    }();
    if (!thawed) parts_.log.error("cannot thaw '{}': {}", process.name(), thawed.error().text);
    wait = {};
    state = {.paused = false, .changing = false, .failed = false, .trouble = std::string(why)};
    wind_watchdog(process);
    if (on_detail_change_) on_detail_change_(process);
}

bool Executor::holds_back(const Process& process, int number) {
    const auto& pause = runtime_of(process).pause;
    return pause && pause->state.paused && number != SIGKILL;
}

}  // namespace svd::daemon
