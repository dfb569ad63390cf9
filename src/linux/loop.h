// The event loop behind move-only handles: sd-event (loop.cc), or epoll alone in builds without
// libsystemd (loop_epoll.cc).
//
// One thread. Handles (Watch, Timer, Defer, SignalWatch) own their registration: destroying one
// stops it, and that is safe anywhere, also from inside its own or another handle's callback. A
// handle may outlive the Loop; it is then inert. A descriptor is borrowed: the Watch must be
// destroyed before the descriptor is closed (declare it after the UniqueFd).
//
// Ready sources run in the order of Priority. A source that stays ready (a child that never stops
// writing) steps behind all others after a few turns, so that no class starves another one.
//
// Create the Loop after daemonize(): it belongs to the process that made it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include <sys/signalfd.h>

#include "base/clock.h"
#include "base/error.h"

namespace svd::os {

// Of equals, the one that has been ready for longest. Deaths are equal to control, because a
// program that dies at every start is a new source each time: a few hundred of them would keep
// signals and clients waiting for ever.
enum class Priority {
    Answer,     // pipes of event listeners: nothing comes that was not asked for; never steps back
    Output,     // pipes from children
    ChildExit,  // pidfds
    Timer = ChildExit,
    CgroupEmpty = ChildExit,  // nothing of a child is left
    Control = ChildExit,      // API sockets, signals
    Idle,                     // deferred slices of long work
};

namespace detail {
struct LoopBase;
struct LoopState;
struct Source;
void cancel(Source& source);  // stops it, in whatever callback we are

// What a handle owns; moving one into another stops what that one had.
class Handle {
  public:
    Handle(Handle&&) noexcept;
    Handle& operator=(Handle&&) noexcept;
    explicit operator bool() const { return source_ != nullptr; }

  protected:
    Handle();
    ~Handle();
    void reset();

    std::shared_ptr<Source> source_;
};
}  // namespace detail

class Loop;

// Readiness of one descriptor. The mask and revents are those of epoll (EPOLLIN, ...); EPOLLERR and
// EPOLLHUP are always reported. Level-triggered.
class Watch : public detail::Handle {
  public:
    using Callback = std::function<void(std::uint32_t revents)>;
    Watch() = default;

    // Fails for what epoll cannot watch (EPERM for a regular file).
    [[nodiscard]] static Result<Watch> add(Loop& loop, int fd, std::uint32_t mask,
                                           Priority priority, Callback callback);
    // 0 keeps only EPOLLERR and EPOLLHUP; use pause() to hear nothing at all.
    void set_mask(std::uint32_t mask);
    [[nodiscard]] std::uint32_t mask() const;
    void pause();
    void resume();
    using Handle::reset;
};

// One deadline on CLOCK_MONOTONIC, precise to a microsecond, never early. Disarmed when it fires;
// the callback may set it again.
class Timer : public detail::Handle {
  public:
    using Callback = std::function<void()>;
    Timer() = default;

    [[nodiscard]] static Result<Timer> create(Loop& loop, Callback callback,
                                              Priority priority = Priority::Timer);
    // Replaces the deadline; empty disarms. A deadline in the past fires on the next turn.
    void set(std::optional<MonoTime> deadline);
    void clear() { set(std::nullopt); }
    [[nodiscard]] std::optional<MonoTime> deadline() const;
};

// Work to do soon, but not now: one slice per turn while the callback returns true.
class Defer : public detail::Handle {
  public:
    using Callback = std::function<bool()>;
    Defer() = default;

    // Created disabled.
    [[nodiscard]] static Result<Defer> create(Loop& loop, Callback callback,
                                              Priority priority = Priority::Idle);
    void enable();
    void disable();
};

// One signal, taken by signalfd. Several equal pending signals arrive as one.
class SignalWatch : public detail::Handle {
  public:
    using Callback = std::function<void(const signalfd_siginfo& info)>;  // ssi_pid, ssi_uid, ...
    SignalWatch() = default;

    // Blocks the signal in this thread and gives it its default disposition (the starter may have
    // left it ignored). One handler for each number. The signal stays blocked afterwards.
    [[nodiscard]] static Result<SignalWatch> add(Loop& loop, int number, Callback callback,
                                                 Priority priority = Priority::Control);
    using Handle::reset;
};

class Loop {
  public:
    [[nodiscard]] static Result<Loop> create();
    Loop(Loop&&) noexcept;
    Loop& operator=(Loop&&) noexcept;
    ~Loop();

    // Runs until exit(); answers its code, or the error of a broken loop.
    [[nodiscard]] Result<int> run();
    // One turn: waits at most `timeout` (empty: for ever), runs at most one callback. True when a
    // callback ran.
    [[nodiscard]] Result<bool> turn(std::optional<Duration> timeout);
    void exit(int code);
    [[nodiscard]] bool exiting() const;

    // Called with what() of an exception that left a callback; the loop goes on. Without a handler
    // the exception is dropped.
    void on_exception(std::function<void(std::string_view what)> handler);

    // Turns so far. Does not grow while nothing happens.
    [[nodiscard]] std::uint64_t wakeups() const;
    [[nodiscard]] static Now now() { return read_clocks(); }

  private:
    friend class Watch;
    friend class Timer;
    friend class Defer;
    friend class SignalWatch;
    explicit Loop(std::shared_ptr<detail::LoopState> state);
    [[nodiscard]] detail::LoopBase& base() const;
    std::shared_ptr<detail::LoopState> state_;
};

}  // namespace svd::os
