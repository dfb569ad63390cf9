#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include <systemd/sd-event.h>

#include "linux/loop_base.h"

namespace svd::os {

namespace detail {

struct LoopState : LoopBase {
    sd_event* event = nullptr;

    LoopState() = default;
    LoopState(const LoopState&) = delete;
    LoopState& operator=(const LoopState&) = delete;
    ~LoopState() { sd_event_unref(event); }
    void next_round();
};

struct Source : std::enable_shared_from_this<Source> {
    Source(std::shared_ptr<LoopState> state, Priority level)
        : loop(std::move(state)), priority(static_cast<std::int64_t>(level)) {}
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    ~Source() { cancel(); }

    void cancel() {
        if (raw == nullptr) return;
        std::erase(loop->stepped_back, this);
        sd_event_source_disable_unref(raw);
        raw = nullptr;
    }

    // Counts a turn of this source; see kTurnsBeforeStepBack.
    void account() {
        if (!may_step_back) return;
        if (is_back) {
            loop->next_round();  // nobody in front is ready any more
        } else if (++turns >= kTurnsBeforeStepBack) {
            is_back = true;
            loop->stepped_back.push_back(this);
            sd_event_source_set_priority(raw, priority + kStepBack);
        }
    }

    template <class F>
    void guarded(F&& call) noexcept {
        const auto alive = shared_from_this();  // the callback may destroy its own handle
        account();
        loop->guarded(call);
    }

    std::shared_ptr<LoopState> loop;
    sd_event_source* raw = nullptr;
    std::int64_t priority;
    int turns = 0;
    bool is_back = false;
    bool may_step_back = true;
    std::uint32_t mask = 0;
    std::optional<MonoTime> deadline;
    // One of these, by the kind of the source.
    std::variant<Watch::Callback, Timer::Callback, Defer::Callback, SignalWatch::Callback> callback;
};

void LoopState::next_round() {
    for (Source* source : std::exchange(stepped_back, {})) {
        source->is_back = false;
        source->turns = 0;
        sd_event_source_set_priority(source->raw, source->priority);
    }
}

namespace {

int io_ready(sd_event_source*, int, std::uint32_t revents, void* self) {
    auto* source = static_cast<Source*>(self);
    source->guarded([&] { std::get<Watch::Callback>(source->callback)(revents); });
    return 0;
}

int time_reached(sd_event_source*, std::uint64_t, void* self) {
    auto* source = static_cast<Source*>(self);
    source->guarded([&] {
        source->deadline.reset();
        std::get<Timer::Callback>(source->callback)();
    });
    return 0;
}

int slice_due(sd_event_source*, void* self) {
    auto* source = static_cast<Source*>(self);
    source->guarded([&] {
        // Off first, so that enable() inside the callback counts and a throw ends the work.
        sd_event_source_set_enabled(source->raw, SD_EVENT_OFF);
        if (std::get<Defer::Callback>(source->callback)() && source->raw != nullptr)
            sd_event_source_set_enabled(source->raw, SD_EVENT_ON);
    });
    return 0;
}

int signal_came(sd_event_source*, const signalfd_siginfo* info, void* self) {
    auto* source = static_cast<Source*>(self);
    source->guarded([&] { std::get<SignalWatch::Callback>(source->callback)(*info); });
    return 0;
}

std::uint64_t to_microseconds_up(MonoTime time) {
    const auto us = std::chrono::ceil<std::chrono::microseconds>(time.time_since_epoch()).count();
    return us < 0 ? 0 : static_cast<std::uint64_t>(us);
}

}  // namespace

void cancel(Source& source) {
    source.cancel();
}

}  // namespace detail

using detail::Source;

// --- Watch --------------------------------------------------------------------------------------
Result<Watch> Watch::add(Loop& loop, int fd, std::uint32_t mask, Priority priority,
                         Callback callback) {
    auto source = std::make_shared<Source>(loop.state_, priority);
    source->mask = mask;
    source->may_step_back = priority != Priority::Answer;
    source->callback = std::move(callback);
    const int r =
        sd_event_add_io(loop.state_->event, &source->raw, fd, mask, detail::io_ready, source.get());
    if (r < 0) return fail_errno(-r, "watch descriptor {}", fd);
    sd_event_source_set_priority(source->raw, source->priority);
    Watch watch;
    watch.source_ = std::move(source);
    return watch;
}

void Watch::set_mask(std::uint32_t mask) {
    if (source_ == nullptr || source_->mask == mask) return;
    source_->mask = mask;
    sd_event_source_set_io_events(source_->raw, mask);
}
std::uint32_t Watch::mask() const {
    return source_ ? source_->mask : 0;
}
void Watch::pause() {
    if (source_ != nullptr) sd_event_source_set_enabled(source_->raw, SD_EVENT_OFF);
}
void Watch::resume() {
    if (source_ != nullptr) sd_event_source_set_enabled(source_->raw, SD_EVENT_ON);
}
// --- Timer --------------------------------------------------------------------------------------
Result<Timer> Timer::create(Loop& loop, Callback callback, Priority priority) {
    constexpr std::uint64_t kAccuracyUs = 1;
    auto source = std::make_shared<Source>(loop.state_, priority);
    source->callback = std::move(callback);
    const int r = sd_event_add_time(loop.state_->event, &source->raw, CLOCK_MONOTONIC, 0,
                                    kAccuracyUs, detail::time_reached, source.get());
    if (r < 0) return fail_errno(-r, "create a timer");
    sd_event_source_set_enabled(source->raw, SD_EVENT_OFF);
    sd_event_source_set_priority(source->raw, source->priority);
    Timer timer;
    timer.source_ = std::move(source);
    return timer;
}

void Timer::set(std::optional<MonoTime> deadline) {
    if (source_ == nullptr) return;
    source_->deadline = deadline;
    if (!deadline) {
        sd_event_source_set_enabled(source_->raw, SD_EVENT_OFF);
        return;
    }
    sd_event_source_set_time(source_->raw, detail::to_microseconds_up(*deadline));
    sd_event_source_set_enabled(source_->raw, SD_EVENT_ONESHOT);
}
std::optional<MonoTime> Timer::deadline() const {
    return source_ ? source_->deadline : std::nullopt;
}

// --- Defer --------------------------------------------------------------------------------------
Result<Defer> Defer::create(Loop& loop, Callback callback, Priority priority) {
    auto source = std::make_shared<Source>(loop.state_, priority);
    source->callback = std::move(callback);
    const int r =
        sd_event_add_defer(loop.state_->event, &source->raw, detail::slice_due, source.get());
    if (r < 0) return fail_errno(-r, "create a deferred call");
    sd_event_source_set_enabled(source->raw, SD_EVENT_OFF);
    sd_event_source_set_priority(source->raw, source->priority);
    Defer defer;
    defer.source_ = std::move(source);
    return defer;
}
void Defer::enable() {
    if (source_ != nullptr) sd_event_source_set_enabled(source_->raw, SD_EVENT_ON);
}
void Defer::disable() {
    if (source_ != nullptr) sd_event_source_set_enabled(source_->raw, SD_EVENT_OFF);
}

// --- SignalWatch --------------------------------------------------------------------------------
Result<SignalWatch> SignalWatch::add(Loop& loop, int number, Callback callback, Priority priority) {
    SVD_CHECK(detail::hold_back_signal(number));
    auto source = std::make_shared<Source>(loop.state_, priority);
    source->callback = std::move(callback);
    source->may_step_back = false;  // moving a signal to another priority costs a new signalfd
    const int r = sd_event_add_signal(loop.state_->event, &source->raw, number, detail::signal_came,
                                      source.get());
    if (r < 0) return fail_errno(-r, "take signal {}", number);
    sd_event_source_set_priority(source->raw, source->priority);
    SignalWatch watch;
    watch.source_ = std::move(source);
    return watch;
}
// --- Loop ---------------------------------------------------------------------------------------
Result<Loop> Loop::create() {
    auto state = std::make_shared<detail::LoopState>();
    const int r = sd_event_new(&state->event);
    if (r < 0) return fail_errno(-r, "create the event loop");
    return Loop(std::move(state));
}

Result<bool> Loop::turn(std::optional<Duration> timeout) {
    const auto state = state_;
    constexpr auto kForever = static_cast<std::uint64_t>(-1);
    std::uint64_t wait = kForever;
    if (timeout)
        wait = static_cast<std::uint64_t>(std::max<std::int64_t>(
            0, std::chrono::ceil<std::chrono::microseconds>(*timeout).count()));

    int r = sd_event_prepare(state->event);
    if (r == 0 && !state->stepped_back.empty()) {
        r = sd_event_wait(state->event, 0);
        if (r == 0) {  // nobody is ready: everybody gets its own place again
            state->next_round();
            r = sd_event_prepare(state->event);
        }
    }
    if (r == 0) r = sd_event_wait(state->event, wait);
    ++state->turns;
    if (r > 0)
        r = sd_event_dispatch(state->event);
    else if (r == 0)
        return false;
    if (r < 0) return fail_errno(-r, "run the event loop");
    return true;
}

detail::LoopBase& Loop::base() const {
    return *state_;
}

}  // namespace svd::os
