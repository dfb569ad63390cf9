// What the loop and its handles do the same way whatever the loop is made of.
#include <utility>

#include "linux/loop_base.h"

namespace svd::os {

namespace detail {

// --- Handle -------------------------------------------------------------------------------------
Handle::Handle() = default;
Handle::Handle(Handle&&) noexcept = default;
Handle& Handle::operator=(Handle&& other) noexcept {
    if (this != &other) {
        reset();
        source_ = std::move(other.source_);
    }
    return *this;
}
Handle::~Handle() {
    reset();
}
void Handle::reset() {
    if (source_ == nullptr) return;
    cancel(*source_);
    source_.reset();
}

// --- LoopBase -----------------------------------------------------------------------------------
void LoopBase::complain(const char* what) noexcept {
    try {
        if (on_exception) on_exception(what);
    } catch (...) {  // NOLINT(bugprone-empty-catch): nobody is left to tell
    }
}

Result<sigset_t> hold_back_signal(int number) {
    struct sigaction by_default{};
    by_default.sa_handler = SIG_DFL;
    if (sigaction(number, &by_default, nullptr) != 0)
        return fail_errno(errno, "reset signal {}", number);
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, number);
    if (const int r = pthread_sigmask(SIG_BLOCK, &one, nullptr); r != 0)
        return fail_errno(r, "block signal {}", number);
    return one;
}

}  // namespace detail

// --- Loop ---------------------------------------------------------------------------------------
Loop::Loop(std::shared_ptr<detail::LoopState> state) : state_(std::move(state)) {}
Loop::Loop(Loop&&) noexcept = default;
Loop& Loop::operator=(Loop&&) noexcept = default;
Loop::~Loop() = default;

Result<int> Loop::run() {
    const auto state = state_;
    auto& exit_code = base().exit_code;
    while (!exit_code) {
        const auto done = turn(std::nullopt);
        if (!done) return std::unexpected(done.error());
    }
    return *exit_code;
}

void Loop::exit(int code) {
    base().exit_code = code;
}
bool Loop::exiting() const {
    return base().exit_code.has_value();
}
void Loop::on_exception(std::function<void(std::string_view)> handler) {
    base().on_exception = std::move(handler);
}
std::uint64_t Loop::wakeups() const {
    return base().turns;
}

}  // namespace svd::os
