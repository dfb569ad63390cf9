// When TICK events are due: at the first look after the wall clock has passed a multiple of their
// period. Periods that passed unseen collapse into one; a clock that was set counts as passed.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace svd::event {

class TickSchedule {
  public:
    // The longest wait that until_next() asks for, so that a clock set meanwhile is seen.
    static constexpr Duration kLongestWait = std::chrono::seconds(60);

    // Watches these periods (seconds, positive) from now on, ticks of ones that it watched before
    // go on.
    void watch(const std::vector<std::int64_t>& periods, WallTime now);
    [[nodiscard]] bool empty() const { return last_.empty(); }
    // Periods that are due, ascending; they are reported once.
    [[nodiscard]] std::vector<std::int64_t> due(WallTime now);
    // Time to the next boundary, positive.
    [[nodiscard]] Duration until_next(WallTime now) const;

    // Period: number of its slice seen last. Restored before the first watch(), it makes a boundary
    // that passed meanwhile due.
    using Seen = std::map<std::int64_t, std::int64_t>;
    [[nodiscard]] const Seen& save() const { return last_; }
    void restore(Seen seen) { last_ = std::move(seen); }

  private:
    Seen last_;
};

}  // namespace svd::event
