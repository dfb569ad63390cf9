#include "pidproxy/proxy.h"

#include <array>
#include <string_view>
#include <utility>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pidproxy/pidfile.h"

namespace svd::pidproxy {
namespace {

constexpr std::array kPassedOn{SIGTERM, SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGQUIT};

constexpr bool asks_to_end(int number) {
    return number == SIGTERM || number == SIGINT || number == SIGQUIT;
}

// To where the command's output goes as well; it is read in the command's log.
void say(std::string_view text) {
    const std::string line = fmt::format("{}\n", text);
    // There is nobody to tell when this fails.
    [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, line.data(), line.size());
}

Result<UniqueFd> open_pidfd(pid_t pid) {
    auto fd = UniqueFd::adopt(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (!fd) return fail_errno(errno, "process {}", pid);
    return fd;
}

Status send(const UniqueFd& process, int number) {
    if (syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0) != 0)
        return fail_errno(errno, "send signal {}", number);
    return {};
}

Result<UniqueFd> take_over_signals() {
    sigset_t taken;
    sigemptyset(&taken);
    for (const int number : kPassedOn) sigaddset(&taken, number);
    if (sigprocmask(SIG_BLOCK, &taken, nullptr) != 0) return fail_errno(errno, "block signals");
    // An ignored signal, inherited from the starter, would never reach the signalfd, and an
    // ignored SIGCHLD would lose the command's status.
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action, nullptr);
    for (const int number : kPassedOn) sigaction(number, &action, nullptr);
    auto fd = UniqueFd::adopt(signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd) return fail_errno(errno, "make a signalfd");
    return fd;
}

Result<pid_t> spawn(const std::vector<std::string>& command) {
    std::vector<char*> argv;
    argv.reserve(command.size() + 1);
    for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t pid = 0;
    const int code =
        posix_spawn(&pid, command.front().c_str(), nullptr, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    if (code != 0) return fail_errno(code, "cannot run {}", command.front());
    return pid;
}

}  // namespace

Result<Proxy> Proxy::start(std::string pidfile, const std::vector<std::string>& command) {
    Proxy proxy(std::move(pidfile));
    SVD_TRY(proxy.signals_, take_over_signals());
    SVD_TRY(const pid_t pid, spawn(command));
    SVD_TRY(proxy.command_, open_pidfd(pid));
    return proxy;
}

Result<Ending> Proxy::run() {
    while (command_ || target_) {
        SVD_CHECK(wait());
        // Unasked, the command's end is the end: whatever lives on has been left on purpose.
        if (!command_ && !ending_) break;
    }
    return ending_ ? Ending{} : status_;
}

Status Proxy::wait() {
    // poll passes over negative descriptors.
    std::array<pollfd, 3> fds{{{signals_.get(), POLLIN, 0},
                               {command_ ? command_.get() : -1, POLLIN, 0},
                               {target_ ? target_.get() : -1, POLLIN, 0}}};
    if (poll(fds.data(), fds.size(), -1) < 0) {
        if (errno == EINTR) return {};
        return fail_errno(errno, "wait");
    }
    if (fds[2].revents != 0) target_.reset();
    if (fds[0].revents != 0) SVD_CHECK(take_signal());
    if (fds[1].revents != 0) return reap();
    return {};
}

Status Proxy::take_signal() {
    signalfd_siginfo info{};
    const ssize_t size = read(signals_.get(), &info, sizeof(info));
    if (size == sizeof(info)) pass_on(static_cast<int>(info.ssi_signo));
    if (size < 0 && errno != EAGAIN && errno != EINTR) return fail_errno(errno, "read a signal");
    return {};
}

void Proxy::pass_on(int number) {
    const bool last = asks_to_end(number);
    ending_ = ending_ || last;
    if (auto process = target()) {
        if (const auto sent = send(*process, number)) {
            if (last) target_ = *std::move(process);
            return;
        } else {
            say(fmt::format("Can't signal the process of {}: {}", pidfile_, sent.error().text));
        }
    } else {
        say(process.error().text);
    }
    // Nobody but the command can be told, and only a wish to end means the same to it.
    if (last && command_)
        if (const auto sent = send(command_, number); !sent) say(sent.error().text);
}

Result<UniqueFd> Proxy::target() const {
    const auto pid = read_pidfile(pidfile_);
    if (!pid) return fail("Can't read child pidfile {}!", pidfile_);
    auto process = open_pidfd(*pid);
    if (!process) return fail("Can't find the process of {}: {}", pidfile_, process.error().text);
    return process;
}

Status Proxy::reap() {
    siginfo_t info{};
    if (waitid(P_PIDFD, static_cast<id_t>(command_.get()), &info, WEXITED) != 0) {
        if (errno == EINTR) return {};
        return fail_errno(errno, "wait for the command");
    }
    command_.reset();
    if (info.si_code == CLD_EXITED)
        status_.code = info.si_status;
    else
        status_.signal = info.si_status;
    return {};
}

}  // namespace svd::pidproxy
