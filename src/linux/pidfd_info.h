// How a process ended that is not a child of this one: what the kernel remembers for those who hold
// a pidfd (PIDFD_GET_INFO with PIDFD_INFO_EXIT, Linux 6.15).
#pragma once

#include <cstdint>
#include <optional>

namespace svd::os {

enum class StrangerState : std::uint8_t {
    Alive,
    Zombie,   // its parent has not asked for its status yet; EPOLLHUP of the pidfd says when
    Gone,     // wait_status tells how
    Unknown,  // gone, and this kernel does not tell how
};
struct Stranger {
    StrangerState state = StrangerState::Alive;
    int wait_status = 0;  // as of wait(2)
};
[[nodiscard]] Stranger look_at_stranger(int pidfd);

}  // namespace svd::os
