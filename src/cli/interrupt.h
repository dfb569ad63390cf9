// Waiting that Ctrl-C can end.
//
// Every wait of svctl goes through wait_for(). Outside an InterruptScope SIGINT has its default
// action and ends the process. Inside one it is blocked except during the wait itself, so no
// signal falls between looking at the flag and going to sleep.
#pragma once

#include <chrono>
#include <optional>
#include <span>

#include <poll.h>
#include <signal.h>

#include "base/error.h"

namespace svd::cli {

class InterruptScope {
  public:
    InterruptScope();
    ~InterruptScope();
    InterruptScope(const InterruptScope&) = delete;
    InterruptScope& operator=(const InterruptScope&) = delete;

  private:
    struct sigaction previous_action_{};
    sigset_t previous_mask_{};
};

// True once Ctrl-C was pressed inside a scope; stays so until forgotten.
[[nodiscard]] bool interrupted();
void forget_interrupt();

// Number of ready descriptors, 0 when the time is over. EINTR means Ctrl-C; other signals are
// waited through. No timeout: wait for ever.
[[nodiscard]] Result<int> wait_for(std::span<pollfd> fds,
                                   std::optional<std::chrono::milliseconds> timeout = {});
// Waits until one descriptor is readable (or at its end).
[[nodiscard]] Status wait_readable(int fd);

}  // namespace svd::cli
