// Two clocks that cannot be mixed up. Deadlines and durations are MonoTime (CLOCK_MONOTONIC);
// WallTime (CLOCK_REALTIME) is only ever shown to people and written into records.
#pragma once

#include <chrono>
#include <cstdint>

namespace svd {

struct MonoClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<MonoClock>;
    static constexpr bool is_steady = true;
};
using MonoTime = MonoClock::time_point;
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::nanoseconds;

// One reading of both clocks. Decisions take a Now as an argument and never read a clock.
struct Now {
    MonoTime mono{};
    WallTime wall{};
};

[[nodiscard]] Now read_clocks();

// Whole seconds since the epoch; 0 for a WallTime{} ("never").
[[nodiscard]] inline std::int64_t epoch_seconds(WallTime t) {
    return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

}  // namespace svd
