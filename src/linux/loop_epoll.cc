// The loop on epoll, a timerfd and signalfds, for builds without libsystemd (SVD_MINIMAL). What it
// promises is in loop.h, and the same tests hold it to it.
#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/loop_base.h"

namespace svd::os {

namespace detail {

// In the order in which sources run. A source that is ready keeps its key until it has run.
struct ReadyOrder {
    bool operator()(const Source* a, const Source* b) const;
};

struct LoopState : LoopBase {
    UniqueFd epoll;
    UniqueFd clock;                     // a timerfd, armed for the first deadline
    std::optional<MonoTime> clock_set;  // what it is armed for
    std::size_t descriptors = 0;        // in epoll
    std::vector<epoll_event> events;    // room for what epoll_wait says
    std::set<Source*, ReadyOrder> ready;
    std::set<std::pair<MonoTime, Source*>> timers;
    std::set<int> signals;   // numbers that are taken
    std::uint64_t came = 0;  // counts what became ready

    [[nodiscard]] Result<void> poll(std::optional<Duration> wait);
    void arm_clock();
    void collect_timers();
    void make_ready(Source* source);
    void forget_ready(Source* source);
    void next_round();
};

struct Source : std::enable_shared_from_this<Source> {
    Source(std::shared_ptr<LoopState> state, Priority level)
        : loop(std::move(state)), priority(static_cast<std::int64_t>(level)) {}
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    ~Source() { cancel(); }

    [[nodiscard]] std::int64_t place() const { return is_back ? priority + kStepBack : priority; }

    [[nodiscard]] Result<void> listen(std::uint32_t to) {
        epoll_event event{};
        event.events = to;
        event.data.ptr = this;
        if (::epoll_ctl(loop->epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0)
            return fail_errno(errno, "watch descriptor {}", fd);
        is_listening = true;
        ++loop->descriptors;
        return {};
    }
    void unlisten() {
        loop->forget_ready(this);
        if (!std::exchange(is_listening, false)) return;
        ::epoll_ctl(loop->epoll.get(), EPOLL_CTL_DEL, fd, nullptr);
        --loop->descriptors;
    }
    void disarm() {
        loop->forget_ready(this);
        if (deadline) loop->timers.erase({*deadline, this});
        deadline.reset();
    }
    void cancel() {
        if (std::exchange(is_gone, true)) return;
        std::erase(loop->stepped_back, this);
        disarm();
        unlisten();
        if (signal != 0) loop->signals.erase(signal);
        own_fd.reset();
    }

    // Counts a turn of this source; see kTurnsBeforeStepBack.
    void account() {
        if (!may_step_back) return;
        if (is_back) {
            loop->next_round();  // nobody in front is ready any more
        } else if (++turns >= kTurnsBeforeStepBack) {
            is_back = true;
            loop->stepped_back.push_back(this);
        }
    }

    void run() noexcept {
        const auto alive = shared_from_this();  // the callback may destroy its own handle
        const std::uint32_t seen = revents;
        loop->forget_ready(this);
        account();
        loop->guarded([&] { dispatch(seen); });
    }
    void dispatch(std::uint32_t seen);

    std::shared_ptr<LoopState> loop;
    std::int64_t priority;
    std::uint64_t since = 0;  // place among those of the same priority
    int turns = 0;
    bool is_back = false;
    bool may_step_back = true;
    bool is_ready = false;
    bool is_listening = false;
    bool is_gone = false;
    int fd = -1;
    UniqueFd own_fd;  // a signalfd
    int signal = 0;
    std::uint32_t mask = 0;
    std::uint32_t revents = 0;
    std::optional<MonoTime> deadline;
    // One of these, by the kind of the source.
    std::variant<Watch::Callback, Timer::Callback, Defer::Callback, SignalWatch::Callback> callback;
};

bool ReadyOrder::operator()(const Source* a, const Source* b) const {
    return std::pair(a->place(), a->since) < std::pair(b->place(), b->since);
}

void LoopState::make_ready(Source* source) {
    if (source->is_ready) return;
    source->is_ready = true;
    source->since = ++came;
    ready.insert(source);
}

void LoopState::forget_ready(Source* source) {
    if (!source->is_ready) return;
    ready.erase(source);
    source->is_ready = false;
    source->revents = 0;
}

void LoopState::next_round() {
    for (Source* source : std::exchange(stepped_back, {})) {
        const bool was_ready = source->is_ready;
        if (was_ready) ready.erase(source);  // its key changes
        source->is_back = false;
        source->turns = 0;
        if (was_ready) ready.insert(source);
    }
}

void LoopState::arm_clock() {
    const auto first =
        timers.empty() ? std::nullopt : std::optional<MonoTime>(timers.begin()->first);
    if (first == clock_set) return;
    itimerspec when{};
    if (first) {
        const auto ns = std::max<std::int64_t>(1, first->time_since_epoch().count());  // 0: never
        when.it_value.tv_sec = static_cast<time_t>(ns / 1'000'000'000);
        when.it_value.tv_nsec = static_cast<long>(ns % 1'000'000'000);
    }
    // Setting it also takes back that it has been reached.
    ::timerfd_settime(clock.get(), TFD_TIMER_ABSTIME, &when, nullptr);
    clock_set = first;
}

void LoopState::collect_timers() {
    if (timers.empty()) return;
    const MonoTime now = read_clocks().mono;
    while (!timers.empty() && timers.begin()->first <= now) {
        Source* source = timers.begin()->second;
        timers.erase(timers.begin());
        make_ready(source);
    }
}

Result<void> LoopState::poll(std::optional<Duration> wait) {
    collect_timers();
    if (!ready.empty()) wait = Duration{};
    int ms = -1;
    if (wait) {
        const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(*wait).count();
        ms =
            static_cast<int>(std::clamp<std::int64_t>(rounded, 0, std::numeric_limits<int>::max()));
    }
    arm_clock();
    events.resize(descriptors + 1);  // and the clock
    const int n = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), ms);
    if (n < 0 && errno != EINTR) return fail_errno(errno, "run the event loop");
    for (int i = 0; i < n; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        if (event.data.ptr == nullptr) continue;  // the clock: looked at below
        auto* source = static_cast<Source*>(event.data.ptr);
        source->revents |= event.events;
        make_ready(source);
    }
    collect_timers();
    return {};
}

void Source::dispatch(std::uint32_t seen) {
    if (const auto* watch = std::get_if<Watch::Callback>(&callback)) {
        (*watch)(seen);
    } else if (const auto* timer = std::get_if<Timer::Callback>(&callback)) {
        deadline.reset();
        (*timer)();
    } else if (const auto* defer = std::get_if<Defer::Callback>(&callback)) {
        // It is off by now, so that enable() inside the callback counts and a throw ends the work.
        if ((*defer)() && !is_gone) loop->make_ready(this);
    } else {
        signalfd_siginfo info{};
        if (::read(fd, &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info)))
            std::get<SignalWatch::Callback>(callback)(info);
    }
}

void cancel(Source& source) {
    source.cancel();
}

}  // namespace detail

using detail::Source;

// --- Watch --------------------------------------------------------------------------------------
Result<Watch> Watch::add(Loop& loop, int fd, std::uint32_t mask, Priority priority,
                         Callback callback) {
    auto source = std::make_shared<Source>(loop.state_, priority);
    source->fd = fd;
    source->mask = mask;
    source->may_step_back = priority != Priority::Answer;
    source->callback = std::move(callback);
    SVD_CHECK(source->listen(mask));
    Watch watch;
    watch.source_ = std::move(source);
    return watch;
}

void Watch::set_mask(std::uint32_t mask) {
    if (source_ == nullptr || source_->mask == mask) return;
    source_->mask = mask;
    source_->loop->forget_ready(source_.get());
    if (!source_->is_listening) return;
    epoll_event event{};
    event.events = mask;
    event.data.ptr = source_.get();
    ::epoll_ctl(source_->loop->epoll.get(), EPOLL_CTL_MOD, source_->fd, &event);
}
std::uint32_t Watch::mask() const {
    return source_ ? source_->mask : 0;
}
void Watch::pause() {
    if (source_ != nullptr) source_->unlisten();
}
void Watch::resume() {
    if (source_ != nullptr && !source_->is_listening)
        ignore(source_->listen(source_->mask), "it was watched before");
}

// --- Timer --------------------------------------------------------------------------------------
Result<Timer> Timer::create(Loop& loop, Callback callback, Priority priority) {
    auto source = std::make_shared<Source>(loop.state_, priority);
    source->callback = std::move(callback);
    Timer timer;
    timer.source_ = std::move(source);
    return timer;
}

void Timer::set(std::optional<MonoTime> deadline) {
    if (source_ == nullptr) return;
    source_->disarm();
    source_->deadline = deadline;
    if (deadline) source_->loop->timers.insert({*deadline, source_.get()});
}
std::optional<MonoTime> Timer::deadline() const {
    return source_ ? source_->deadline : std::nullopt;
}

// --- Defer --------------------------------------------------------------------------------------
Result<Defer> Defer::create(Loop& loop, Callback callback, Priority priority) {
    auto source = std::make_shared<Source>(loop.state_, priority);
    source->callback = std::move(callback);
    Defer defer;
    defer.source_ = std::move(source);
    return defer;
}
void Defer::enable() {
    if (source_ != nullptr) source_->loop->make_ready(source_.get());
}
void Defer::disable() {
    if (source_ != nullptr) source_->loop->forget_ready(source_.get());
}

// --- SignalWatch --------------------------------------------------------------------------------
Result<SignalWatch> SignalWatch::add(Loop& loop, int number, Callback callback, Priority priority) {
    SVD_TRY(const sigset_t one, detail::hold_back_signal(number));
    if (loop.state_->signals.contains(number)) return fail_errno(EBUSY, "take signal {}", number);
    auto source = std::make_shared<Source>(loop.state_, priority);
    source->callback = std::move(callback);
    source->may_step_back = false;  // as with sd-event
    source->own_fd = UniqueFd::adopt(::signalfd(-1, &one, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!source->own_fd) return fail_errno(errno, "take signal {}", number);
    source->fd = source->own_fd.get();
    SVD_CHECK(source->listen(EPOLLIN));
    source->signal = number;
    loop.state_->signals.insert(number);
    SignalWatch watch;
    watch.source_ = std::move(source);
    return watch;
}

// --- Loop ---------------------------------------------------------------------------------------
Result<Loop> Loop::create() {
    auto state = std::make_shared<detail::LoopState>();
    state->epoll = UniqueFd::adopt(::epoll_create1(EPOLL_CLOEXEC));
    state->clock = UniqueFd::adopt(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    epoll_event event{};
    event.events = EPOLLIN;
    if (!state->epoll || !state->clock ||
        ::epoll_ctl(state->epoll.get(), EPOLL_CTL_ADD, state->clock.get(), &event) != 0)
        return fail_errno(errno, "create the event loop");
    return Loop(std::move(state));
}

Result<bool> Loop::turn(std::optional<Duration> timeout) {
    const auto state = state_;
    ++state->turns;
    if (!state->ready.empty() || !state->stepped_back.empty()) SVD_CHECK(state->poll(Duration{}));
    if (state->ready.empty()) {
        state->next_round();  // nobody is ready: everybody gets its own place again
        SVD_CHECK(state->poll(timeout));
    }
    if (state->ready.empty()) return false;
    (*state->ready.begin())->run();
    return true;
}

detail::LoopBase& Loop::base() const {
    return *state_;
}

}  // namespace svd::os
