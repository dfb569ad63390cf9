#include "daemon/memory_plan.h"

#include <algorithm>

namespace svd::daemon {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kLeastStep = 1 << 20;
constexpr std::uint64_t kStepsOfLimit = 64;

constexpr Duration kSoon = 1min;
constexpr Duration kFirstWait = 10s;
constexpr Duration kLongestWait = 1h;
constexpr int kMostDoublings = 9;  // beyond the longest wait

std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

}  // namespace

MemoryJudgement judge_memory(const os::MemoryReading& reading, std::uint64_t limit,
                             std::optional<std::uint64_t> high) {
    const std::uint64_t used = reading.used();
    if (used > limit) return {.over = true};
    MemoryJudgement judgement;
    const std::uint64_t with_cache = saturating_sum(reading.charged, reading.swapped);
    if (with_cache < limit && !reading.reached) {
        judgement.mark = limit - reading.swapped;
    } else {
        const std::uint64_t step = std::max(limit / kStepsOfLimit, kLeastStep);
        judgement.mark = saturating_sum(reading.charged, std::max(limit - used, step));
        judgement.look_after = reading.reached ? 2 : 1;  // the next round may begin at once
    }
    if (high) judgement.mark = std::min(judgement.mark, *high);
    judgement.above_mark =
        reading.charged >= judgement.mark || (reading.reached && judgement.mark == high);
    if (judgement.above_mark) judgement.look_after = 1;
    return judgement;
}

Duration RestartPace::least_age() const {
    if (quick == 0) return Duration::zero();
    return std::min(kFirstWait * (1 << std::min(quick - 1, kMostDoublings)), kLongestWait);
}

void RestartPace::restarted(Duration age_when_passed) {
    if (age_when_passed >= kSoon)
        quick = 0;
    else if (quick <= kMostDoublings)
        ++quick;
}

}  // namespace svd::daemon
