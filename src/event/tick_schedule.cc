#include "event/tick_schedule.h"

#include <algorithm>

namespace svd::event {

void TickSchedule::watch(const std::vector<std::int64_t>& periods, WallTime now) {
    std::map<std::int64_t, std::int64_t> watched;
    for (const std::int64_t period : periods) {
        if (period <= 0) continue;
        const auto known = last_.find(period);
        watched[period] = known != last_.end() ? known->second : epoch_seconds(now) / period;
    }
    last_ = std::move(watched);
}

std::vector<std::int64_t> TickSchedule::due(WallTime now) {
    std::vector<std::int64_t> periods;
    for (auto& [period, last] : last_) {
        const std::int64_t slice = epoch_seconds(now) / period;
        if (slice == last) continue;
        last = slice;
        periods.push_back(period);
    }
    return periods;
}

Duration TickSchedule::until_next(WallTime now) const {
    Duration wait = kLongestWait;
    for (const auto& [period, last] : last_) {
        const WallTime boundary(std::chrono::seconds((epoch_seconds(now) / period + 1) * period));
        wait = std::min(wait, std::chrono::duration_cast<Duration>(boundary - now));
    }
    return wait;
}

}  // namespace svd::event
