#include "daemon/memory_guard.h"

#include <cerrno>

#include "base/human.h"
#include "daemon/runtime.h"

namespace svd::daemon {

using namespace std::chrono_literals;
using process::MemoryBreach;
using process::Process;

namespace {

constexpr Duration kLookEvery = 5s;
// Looks between which everybody else is served.
constexpr int kLooksPerTurn = 8;

std::optional<std::uint64_t> limit_of(const Process& process) {
    const auto& limit = process.config->limits->memory_restart;
    return limit == config::kUnlimited ? std::nullopt : limit;
}

std::optional<std::uint64_t> configured_high(const Process& process) {
    const auto& high = process.config->limits->memory_high;
    return high == config::kUnlimited ? std::nullopt : high;
}

// The same for all, so that they wake svd together.
MonoTime next_round(MonoTime now) {
    const auto since_boot = now.time_since_epoch();
    return MonoTime(since_boot - since_boot % kLookEvery + kLookEvery);
}

}  // namespace

MemoryWatch::~MemoryWatch() {
    guard.look_at(*this, std::nullopt);
}

MemoryGuard::MemoryGuard(os::Loop& loop, log::DaemonLog& log, Restart restart)
    : loop_(loop), log_(log), restart_(std::move(restart)) {}

MemoryWatch& MemoryGuard::watch_of(Process& process) {
    auto& watch = runtime_of(process).memory;
    if (!watch) {
        watch = std::make_unique<MemoryWatch>(*this);
        watch->process = &process;
    }
    return *watch;
}

void MemoryGuard::watch(Process& process) {
    if (!limit_of(process)) {
        rest(process);
        // Whoever is just being restarted still has to hear why.
        auto& state = runtime_of(process).memory;
        if (state && !state->breach) state.reset();
        return;
    }
    if (process.data.state != process::State::Running) return;
    auto& state = watch_of(process);
    if (!state.alarm) open_alarm(state);
    const auto now = os::Loop::now().mono;
    look_at(state, state.alarm ? now : next_round(now));
}

void MemoryGuard::open_alarm(MemoryWatch& watch) {
    auto directory = runtime_of(*watch.process).scope.open_cgroup();
    if (!directory) return;
    auto alarm = os::MemoryAlarm::open(loop_, *std::move(directory),
                                       [this, &watch] { look_at(watch, os::Loop::now().mono); });
    if (alarm)
        watch.alarm = *std::move(alarm);
    else if (alarm.error().code != ENOENT)  // without the controller there is no such file
        log_.error("memory_restart of '{}': {}", watch.process->namespec(), alarm.error().text);
}

void MemoryGuard::rest(Process& process) {
    const auto& watch = runtime_of(process).memory;
    if (!watch) return;
    set_mark(*watch, configured_high(process));
    watch->alarm = {};
    watch->passed.reset();
    look_at(*watch, std::nullopt);
}

MemoryBreach MemoryGuard::ended(Process& process) {
    const auto& watch = runtime_of(process).memory;
    if (!watch) return {};
    const auto breach = std::exchange(watch->breach, {});
    if (!breach) watch->pace = {};
    return breach;
}

void MemoryGuard::take_up(Process& process, int quick, const MemoryBreach& breach) {
    if (quick != 0 || breach) {
        auto& state = watch_of(process);
        state.pace.quick = quick;
        state.breach = breach;
    }
    watch(process);
}

void MemoryGuard::look_at(MemoryWatch& watch, std::optional<MonoTime> when) {
    if (watch.due) due_.erase({*watch.due, &watch});
    watch.due = when;
    if (when) due_.emplace(*when, &watch);
    if (!timer_) {
        if (!when) return;
        auto timer = os::Timer::create(loop_, [this] { on_timer(); });
        if (!timer) return log_.error("memory_restart: {}", timer.error().text);
        timer_ = *std::move(timer);
    }
    timer_.set(due_.empty() ? std::nullopt : std::optional(due_.begin()->first));
}

void MemoryGuard::on_timer() {
    const auto now = os::Loop::now().mono;
    for (int i = 0; i < kLooksPerTurn && !due_.empty() && due_.begin()->first <= now; ++i) {
        MemoryWatch& watch = *due_.begin()->second;
        look_at(watch, std::nullopt);
        look(watch);
    }
    if (!due_.empty()) timer_.set(due_.begin()->first);
}

void MemoryGuard::look(MemoryWatch& watch) {
    Process& process = *watch.process;
    const auto limit = limit_of(process);
    if (!limit || process.data.state != process::State::Running) return;
    // It cannot end in good order before it is resumed, and needs no more meanwhile.
    if (const auto& pause = runtime_of(process).pause; pause && pause->state.paused) return;
    const auto used = measure(watch, *limit);
    if (!used) return watch.passed.reset();
    const MemoryBreach breach{*used, *limit};
    const auto now = os::Loop::now().mono;
    const bool first = !watch.passed;
    if (first) watch.passed = now;
    set_mark(watch, configured_high(process));
    const MonoTime earliest = process.data.started_mono + watch.pace.least_age();
    if (now >= earliest) return restart(watch, breach);
    if (first)
        log_.warn("'{}' (pid {}): {} again, so soon after a restart that the next one waits {}",
                  process.namespec(), process.data.pid, describe(breach),
                  duration_text(earliest - now));
    look_at(watch, earliest);
}

std::optional<std::uint64_t> MemoryGuard::measure(MemoryWatch& watch, std::uint64_t limit) {
    const auto again = next_round(os::Loop::now().mono);
    if (watch.alarm) {
        watch.alarm.listen();
        if (const auto reading = watch.alarm.read()) {
            const auto judgement = judge_memory(*reading, limit, configured_high(*watch.process));
            if (judgement.over || judgement.above_mark) watch.alarm.silence();
            if (judgement.over) return reading->used();
            set_mark(watch, judgement.mark);
            if (judgement.look_after > 0)
                look_at(watch, again + (judgement.look_after - 1) * kLookEvery);
            return std::nullopt;
        }
        watch.alarm = {};
    }
    const auto used = os::read_memory_by_proc(runtime_of(*watch.process).scope);
    if (used > limit) return used;
    look_at(watch, again);
    return std::nullopt;
}

void MemoryGuard::restart(MemoryWatch& watch, const MemoryBreach& breach) {
    Process& process = *watch.process;
    watch.pace.restarted(*watch.passed - process.data.started_mono);
    watch.breach = breach;
    if (!restart_(process, breach)) watch.breach = {};
}

void MemoryGuard::set_mark(MemoryWatch& watch, std::optional<std::uint64_t> mark) {
    if (!watch.alarm) return;
    if (const auto set = watch.alarm.set_mark(mark); !set && set.error().code != ENODEV)
        log_.error("memory_restart of '{}': {}", watch.process->namespec(), set.error().text);
}

}  // namespace svd::daemon
