// svd-pidproxy: Supervisor's pidproxy, without its polling.
#include <cstdio>

#include <errno.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pidproxy/proxy.h"

namespace {

constexpr int kUsage = 1;
constexpr int kCannotRun = 126;
constexpr int kNotFound = 127;
constexpr int kBySignal = 128;  // plus its number, where dying by it does not work

constexpr const char* kHelp =
    "svd-pidproxy -- run a command, and pass signals on to the process in a pidfile\n"
    "\n"
    "usage: {} PIDFILE COMMAND [ARGUMENT...]\n"
    "\n"
    "COMMAND is a path. It is expected to stay until the process that wrote PIDFILE has ended.\n"
    "TERM, HUP, INT, USR1, USR2 and QUIT go to that process. The exit status is that of COMMAND,\n"
    "and 0 after TERM, INT or QUIT.\n";

// Whoever waits for the proxy is to see what became of the command.
[[noreturn]] void die_by(int number) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);  // the command may have left one; this process is no use
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, nullptr);
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, number);
    sigprocmask(SIG_UNBLOCK, &one, nullptr);
    raise(number);
    _exit(kBySignal + number);
}

int complain(const char* program, const svd::Error& error) {
    fmt::print(stderr, "{}: {}\n", program, error.text);
    return error.code == ENOENT ? kNotFound : kCannotRun;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        fmt::print(fmt::runtime(kHelp), argc > 0 ? argv[0] : "svd-pidproxy");
        return kUsage;
    }
    auto proxy = svd::pidproxy::Proxy::start(argv[1], {argv + 2, argv + argc});
    if (!proxy) return complain(argv[0], proxy.error());
    const auto ending = proxy->run();
    if (!ending) return complain(argv[0], ending.error());
    if (ending->signal != 0) die_by(ending->signal);
    return ending->code;
}
