// What the handles of the loop do the same way whatever the loop is made of.
#include <utility>

#include "linux/loop.h"

namespace svd::os {

// --- Watch --------------------------------------------------------------------------------------
Watch::Watch() = default;
Watch::Watch(Watch&&) noexcept = default;
Watch& Watch::operator=(Watch&& other) noexcept {
    if (this != &other) {
        reset();
        source_ = std::move(other.source_);
    }
    return *this;
}
Watch::~Watch() {
    reset();
}
void Watch::reset() {
    detail::release(source_);
}

// --- Timer --------------------------------------------------------------------------------------
Timer::Timer() = default;
Timer::Timer(Timer&&) noexcept = default;
Timer& Timer::operator=(Timer&& other) noexcept {
    if (this != &other) {
        detail::release(source_);
        source_ = std::move(other.source_);
    }
    return *this;
}
Timer::~Timer() {
    detail::release(source_);
}

// --- Defer --------------------------------------------------------------------------------------
Defer::Defer() = default;
Defer::Defer(Defer&&) noexcept = default;
Defer& Defer::operator=(Defer&& other) noexcept {
    if (this != &other) {
        detail::release(source_);
        source_ = std::move(other.source_);
    }
    return *this;
}
Defer::~Defer() {
    detail::release(source_);
}

// --- SignalWatch --------------------------------------------------------------------------------
SignalWatch::SignalWatch() = default;
SignalWatch::SignalWatch(SignalWatch&&) noexcept = default;
SignalWatch& SignalWatch::operator=(SignalWatch&& other) noexcept {
    if (this != &other) {
        reset();
        source_ = std::move(other.source_);
    }
    return *this;
}
SignalWatch::~SignalWatch() {
    reset();
}
void SignalWatch::reset() {
    detail::release(source_);
}

// --- Loop ---------------------------------------------------------------------------------------
Loop::Loop(std::shared_ptr<detail::LoopState> state) : state_(std::move(state)) {}
Loop::Loop(Loop&&) noexcept = default;
Loop& Loop::operator=(Loop&&) noexcept = default;
Loop::~Loop() = default;

}  // namespace svd::os
