#include "linux/signals.h"

#include <array>
#include <bit>

#include <errno.h>
#include <signal.h>

#include "linux/raw_syscall.h"

namespace svd::os {
namespace {

// Taken by signalfd later. Blocked from the first moment, so that none is lost or deadly before.
constexpr std::array kTakenSignals{SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD};
constexpr std::array kIgnoredSignals{SIGPIPE, SIGXFSZ};

constexpr SignalSet bit_of(int number) {
    return SignalSet{1} << (number - 1);
}

SignalSet ignored = kAllSignals;  // as long as nobody knows better

}  // namespace

Status prepare_signals() {
    sigset_t taken;
    sigemptyset(&taken);
    for (const int number : kTakenSignals) sigaddset(&taken, number);
    if (sigprocmask(SIG_BLOCK, &taken, nullptr) != 0) return fail_errno(errno, "block signals");
    // An ignored SIGCHLD, inherited from a careless starter, would lose every exit status.
    reset_signals(kAllSignals);
    SignalSet now_ignored = 0;
    struct sigaction action{};
    action.sa_handler = SIG_IGN;
    for (const int number : kIgnoredSignals) {
        if (sigaction(number, &action, nullptr) != 0)
            return fail_errno(errno, "ignore signal {}", number);
        now_ignored |= bit_of(number);
    }
    ignored = now_ignored;
    return {};
}

SignalSet signals_ignored() noexcept {
    return ignored;
}

void reset_signals(SignalSet which) noexcept {
    constexpr long kSignalSetBytes = 8;  // the kernel's, not the C library's
    // Larger than any kernel's struct sigaction; all zero is the default action.
    constexpr unsigned long by_default[8] = {};
    static_assert(SIG_DFL == nullptr);
    for (; which != 0; which &= which - 1)
        raw_syscall(SYS_rt_sigaction, std::countr_zero(which) + 1, by_default, nullptr,
                    kSignalSetBytes);
}

}  // namespace svd::os
