// How a process ended that is not a child of this one. /proc tells it of a zombie, whose parent may
// never ask for it; once it is reaped the kernel remembers it for those who hold a pidfd
// (PIDFD_GET_INFO with PIDFD_INFO_EXIT, Linux 6.15).
#pragma once

#include <cstdint>
#include <optional>

#include <sys/types.h>

namespace svd::os {

enum class StrangerState : std::uint8_t {
    Alive,
    Zombie,   // its status cannot be seen yet; EPOLLHUP of the pidfd says when it is reaped
    Gone,     // wait_status tells how
    Unknown,  // gone, and this kernel does not tell how
};
struct Stranger {
    StrangerState state = StrangerState::Alive;
    int wait_status = 0;  // as of wait(2)
};
// `pid`: of the process that pidfd refers to.
[[nodiscard]] Stranger look_at_stranger(int pidfd, pid_t pid);

}  // namespace svd::os
