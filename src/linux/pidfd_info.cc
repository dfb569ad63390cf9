#include "linux/pidfd_info.h"

#include <cerrno>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include "linux/proc_info.h"

namespace svd::os {
namespace {

// linux/pidfd.h of 6.15; Debian 12 has an older one.
struct PidfdInfo {
    std::uint64_t mask;
    std::uint64_t cgroup;
    std::uint32_t pid;
    std::uint32_t tgid;
    std::uint32_t ppid;
    std::uint32_t ids[8];
    std::int32_t exit_code;
};
static_assert(sizeof(PidfdInfo) == 64);
constexpr std::uint64_t kExitInfo = 1U << 3;
constexpr unsigned long kGetInfo = _IOWR(0xFF, 11, PidfdInfo);
// A file system of pidfds exists since 6.9, and since then they say when a process is reaped.
constexpr auto kPidfsMagic = 0x50494446;

bool is_in_pidfs(int pidfd) {
    struct statfs system{};
    return ::fstatfs(pidfd, &system) == 0 && system.f_type == kPidfsMagic;
}

short readiness(int pidfd) {
    pollfd look{pidfd, POLLIN, 0};
    while (::poll(&look, 1, 0) < 0 && errno == EINTR) {
    }
    return look.revents;
}

}  // namespace

Stranger look_at_stranger(int pidfd, pid_t pid) {
    const short first = readiness(pidfd);
    if (first == 0) return {StrangerState::Alive};
    const bool in_pidfs = is_in_pidfs(pidfd);
    if ((first & POLLHUP) == 0) {
        // As long as it is a zombie, the number is its own.
        const auto status = read_zombie_status(pid);
        const bool still = !in_pidfs || (readiness(pidfd) & POLLHUP) == 0;
        if (status && still) return {StrangerState::Gone, *status};
        if (!in_pidfs) return {StrangerState::Unknown};
        if (still) return {StrangerState::Zombie};
    }
    PidfdInfo info{};
    info.mask = kExitInfo;
    if (::ioctl(pidfd, kGetInfo, &info) != 0 || (info.mask & kExitInfo) == 0)
        return {StrangerState::Unknown};
    return {StrangerState::Gone, info.exit_code};
}

}  // namespace svd::os
