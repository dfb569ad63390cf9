// When memory_restart restarts a program. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "linux/memory_use.h"

namespace svd::daemon {

// What follows from one look at a cgroup with a memory controller.
struct MemoryJudgement {
    bool over = false;  // `limit` has been passed
    // Below it: where the kernel is to ring next (memory.high). Never above `high`.
    std::uint64_t mark = 0;
    // The mark alone will not tell in time: look again after so many rounds. 0: it will.
    int look_after = 0;
    // The mark is reached all the time, which is no news any more: `high` is below.
    bool above_mark = false;
};
// `high` is what memory_high says. As long as all that is charged is within `limit`, the mark is
// there and nobody has to look. When page cache fills the rest, or has filled it until the kernel
// made room, the mark goes up by what is still missing, so that no program is slowed down for its
// cache; and since cache may go and make room under a raised mark without a word, somebody has to
// look now and then. A mark that was raised because it was reached stands for a whole round: what
// the kernel made room for is on its way.
[[nodiscard]] MemoryJudgement judge_memory(const os::MemoryReading& reading, std::uint64_t limit,
                                           std::optional<std::uint64_t> high);

// A program that needs more than it may from the start must not be restarted all the time: each
// restart in a row that came soon after a start puts off the next one.
struct RestartPace {
    int quick = 0;  // restarts in a row of runs that were over the limit soon
    // How old a run has to be to be restarted: at once, 10 s, 20 s, ... an hour.
    [[nodiscard]] Duration least_age() const;
    // A run is restarted that passed the limit at this age.
    void restarted(Duration age_when_passed);
};

}  // namespace svd::daemon
