// The keeper itself: what runs in the process of its own. Private to linux/.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <sys/types.h>

namespace svd::os::detail {

// Whole before the keeper begins: its daemon may be gone by then.
struct KeeperDuty {
    static constexpr std::size_t kMaxDoors = 64;
    int listener = -1;
    int owner = -1;  // pidfd of the daemon
    int state = -1;
    uid_t user = 0;                  // whom it answers, besides root
    const int* own_pidfd = nullptr;  // of the keeper; in memory that daemon and keeper share
    const std::atomic<std::uint64_t>* kept_sockets = nullptr;  // see kept_sockets.h; null: none
    char* title = nullptr;  // what ps shows of it: the daemon's command line
    std::size_t title_size = 0;
    std::array<ino_t, kMaxDoors> doors{};
    std::size_t door_count = 0;
};

// Makes system calls alone: the memory of the daemon is not there.
[[noreturn]] void run_keeper(const KeeperDuty& duty) noexcept;

}  // namespace svd::os::detail
