// Runs a command and passes signals on to the process that its pidfile names.
//
// For programs that write a pidfile and must be signalled themselves, while the command that
// starts them stays in the foreground as a wrapper. Everything is waited for by descriptors: the
// signals by a signalfd, the processes by pidfds.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "base/fd.h"

namespace svd::pidproxy {

// How the proxy is to end itself.
struct Ending {
    int code = 0;
    int signal = 0;  // not 0: by this signal, as the command did
};

class Proxy {
  public:
    // Takes over TERM, HUP, INT, USR1, USR2 and QUIT of this process and starts the command, whose
    // first word is a path (no search in PATH). The error's code is why it cannot be run.
    [[nodiscard]] static Result<Proxy> start(std::string pidfile,
                                             const std::vector<std::string>& command);

    // Until the command has ended; its exit status is the answer. After TERM, INT or QUIT: until
    // the process that got the signal has ended as well; the answer is 0.
    [[nodiscard]] Result<Ending> run();

  private:
    explicit Proxy(std::string pidfile) : pidfile_(std::move(pidfile)) {}
    [[nodiscard]] Status wait();
    [[nodiscard]] Status take_signal();
    void pass_on(int number);
    [[nodiscard]] Result<UniqueFd> target() const;
    [[nodiscard]] Status reap();

    std::string pidfile_;
    UniqueFd signals_;
    UniqueFd command_;  // pidfd; empty: has ended
    UniqueFd target_;   // pidfd of the process that was asked to end; empty: none, or has ended
    bool ending_ = false;
    Ending status_;  // of the command
};

}  // namespace svd::pidproxy
