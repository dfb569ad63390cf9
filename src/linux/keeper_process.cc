#include "linux/keeper_process.h"

#include <csignal>
#include <ctime>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "linux/keeper_protocol.h"
#include "linux/kept_sockets.h"
#include "linux/raw_syscall.h"

namespace svd::os::detail {
namespace {

constexpr std::int64_t kFirstLook = 10;     // seconds without a daemon
constexpr std::int64_t kLookAfterAll = 60;  // seconds between two looks for a living child
constexpr std::int64_t kPatience = 10;      // seconds for a word of a successor
constexpr int kHighest = 1 << 20;           // of the numbers of descriptors

std::int64_t seconds_now() noexcept {
    timespec now{};
    raw_syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

int descriptor_limit() noexcept {
    rlimit limit{};
    raw_syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit);
    return limit.rlim_cur < kHighest ? static_cast<int>(limit.rlim_cur) : kHighest;
}

long option_of(int fd, int option) noexcept {
    int value = 0;
    socklen_t size = sizeof value;
    const long r = raw_syscall(SYS_getsockopt, fd, SOL_SOCKET, option, &value, &size);
    return r < 0 ? r : value;
}

void close_fd(int fd) noexcept {
    raw_syscall(SYS_close, fd);
}

class KeeperLoop {
  public:
    explicit KeeperLoop(const KeeperDuty& duty) noexcept : duty_(duty) {}

    void turn() noexcept {
        pollfd watched[2] = {{duty_.listener, POLLIN, 0},
                             {orphaned_ ? -1 : duty_.owner, POLLIN, 0}};
        timespec wait{next_look_ - seconds_now(), 0};
        if (wait.tv_sec < 0) wait.tv_sec = 0;
        raw_syscall(SYS_ppoll, watched, 2, orphaned_ ? &wait : nullptr, nullptr, 0);
        if (!orphaned_ && watched[1].revents != 0) begin_keeping();
        if (watched[0].revents != 0) answer();
        if (orphaned_ && seconds_now() >= next_look_) look_after_all();
    }

  private:
    // The table is not shared any more: what is closed here is closed for good.
    void begin_keeping() noexcept {
        orphaned_ = true;
        next_look_ = seconds_now() + kFirstLook;
        const int limit = descriptor_limit();
        for (int fd = 0; fd < limit; ++fd)
            if (const long listens = option_of(fd, SO_ACCEPTCONN);
                (listens == 0 && !is_kept(fd)) || (listens == 1 && is_door(fd)))
                close_fd(fd);
    }

    [[nodiscard]] bool is_kept(int fd) const noexcept {
        if (duty_.kept_sockets == nullptr || fd >= kKeptSocketsEnd) return false;
        const std::uint64_t word = duty_.kept_sockets[fd / kKeptWordBits].load();
        return (word >> static_cast<unsigned>(fd % kKeptWordBits) & 1U) != 0;
    }

    // By the inode: the daemon may have several descriptors of one socket.
    [[nodiscard]] bool is_door(int fd) const noexcept {
        struct stat there{};
        if (raw_syscall(SYS_fstat, fd, &there) != 0) return false;
        for (std::size_t i = 0; i < duty_.door_count; ++i)
            if (duty_.doors[i] == there.st_ino) return true;
        return false;
    }

    void look_after_all() noexcept {
        next_look_ = seconds_now() + kLookAfterAll;
        if (!somebody_lives()) leave();
    }

    [[nodiscard]] bool somebody_lives() const noexcept {
        const int limit = descriptor_limit();
        for (int fd = 0; fd < limit; ++fd) {
            if (fd == duty_.owner || fd == *duty_.own_pidfd) continue;
            const long r = raw_syscall(SYS_pidfd_send_signal, fd, 0, nullptr, 0);
            if (r == 0 || r == -EPERM) return true;
        }
        return false;
    }

    void answer() noexcept {
        const long socket =
            raw_syscall(SYS_accept4, duty_.listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        const int fd = static_cast<int>(socket);
        if (is_trusted(fd)) serve(fd);
        close_fd(fd);
    }

    [[nodiscard]] bool is_trusted(int socket) const noexcept {
        ucred peer{};
        socklen_t size = sizeof peer;
        if (raw_syscall(SYS_getsockopt, socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
            return false;
        return peer.uid == 0 || peer.uid == duty_.user;
    }

    void serve(int socket) noexcept {
        const timeval patience{kPatience, 0};
        raw_syscall(SYS_setsockopt, socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        raw_syscall(SYS_setsockopt, socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        Packet greeting;
        greeting.add(static_cast<std::int32_t>(orphaned_ ? Greeting::Here : Greeting::OwnerLives));
        if (orphaned_) greeting.attach(duty_.state);
        if (send_packet(socket, greeting) < 0 || !orphaned_) return;
        Packet asked;
        while (receive_packet(socket, asked) > 0) {
            for (std::size_t i = 0; i < asked.descriptor_count; ++i) close_fd(asked.descriptors[i]);
            if (asked.word_count == 1 && asked.words[0] == kSettled) leave_all_but(socket);
            if (!hand_out(socket, asked)) return;
        }
    }

    static bool hand_out(int socket, const Packet& asked) noexcept {
        Packet answer;
        for (std::size_t i = 0; i < asked.word_count; ++i) {
            const int fd = asked.words[i];
            const bool open = fd >= 0 && raw_syscall(SYS_fcntl, fd, F_GETFD) >= 0;
            answer.add(open ? 1 : 0);
            if (open) answer.attach(fd);
        }
        return send_packet(socket, answer) > 0;
    }

    // Who waits for the connection's end finds nothing else open.
    [[noreturn]] static void leave_all_but(int socket) noexcept {
        const auto last = static_cast<unsigned>(socket);
        if (last > 0) raw_syscall(SYS_close_range, 0U, last - 1, 0);
        raw_syscall(SYS_close_range, last + 1, ~0U, 0);
        leave();
    }

    [[noreturn]] static void leave() noexcept {
        for (;;) raw_syscall(SYS_exit_group, 0);
    }

    const KeeperDuty& duty_;
    bool orphaned_ = false;
    std::int64_t next_look_ = 0;
};

}  // namespace

void run_keeper(const KeeperDuty& duty) noexcept {
    constexpr char kName[] = "svd-keeper";
    for (std::size_t i = 0; i < duty.title_size; ++i)
        duty.title[i] = i + 1 < sizeof kName && i + 1 < duty.title_size ? kName[i] : '\0';
    // Signals to the daemon's terminal or by name are not meant for it.
    const std::uint64_t all = ~std::uint64_t{0};
    raw_syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, nullptr, sizeof all);
    raw_syscall(SYS_setsid);
    raw_syscall(SYS_prctl, PR_SET_NAME, kName);
    raw_syscall(SYS_chdir, "/");
    KeeperLoop loop(duty);
    for (;;) loop.turn();
}

}  // namespace svd::os::detail
