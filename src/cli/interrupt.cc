#include "cli/interrupt.h"

#include <cerrno>

#include "base/clock.h"

namespace svd::cli {
namespace {

volatile sig_atomic_t interrupt_seen = 0;

void on_interrupt(int) {
    interrupt_seen = 1;
}

timespec to_timespec(Duration left) {
    if (left < Duration::zero()) left = Duration::zero();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    return {.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
}

}  // namespace

InterruptScope::InterruptScope() {
    sigset_t block;
    sigemptyset(&block);
    sigaddset(&block, SIGINT);
    sigprocmask(SIG_BLOCK, &block, &previous_mask_);
    struct sigaction action{};
    action.sa_handler = on_interrupt;  // without SA_RESTART: the wait is to end
    sigaction(SIGINT, &action, &previous_action_);
}

InterruptScope::~InterruptScope() {
    sigaction(SIGINT, &previous_action_, nullptr);
    sigprocmask(SIG_SETMASK, &previous_mask_, nullptr);
}

bool interrupted() {
    return interrupt_seen != 0;
}
void forget_interrupt() {
    interrupt_seen = 0;
}

Result<int> wait_for(std::span<pollfd> fds, std::optional<std::chrono::milliseconds> timeout) {
    sigset_t mask;
    sigprocmask(SIG_SETMASK, nullptr, &mask);
    sigdelset(&mask, SIGINT);
    const MonoTime deadline =
        read_clocks().mono + Duration(timeout.value_or(std::chrono::milliseconds{0}));
    for (;;) {
        if (interrupted()) return fail_errno(EINTR, "wait");
        timespec left{};
        if (timeout) left = to_timespec(deadline - read_clocks().mono);
        const int ready = ppoll(fds.data(), fds.size(), timeout ? &left : nullptr, &mask);
        if (ready >= 0) return ready;
        if (const int code = errno; code != EINTR) return fail_errno(code, "wait");
    }
}

Status wait_readable(int fd) {
    pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
    SVD_TRY([[maybe_unused]] const int ready, wait_for({&one, 1}));
    return {};
}

}  // namespace svd::cli
