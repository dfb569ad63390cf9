#include "daemon/memory_plan.h"

#include <gtest/gtest.h>

namespace svd::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMega = 1 << 20;
constexpr std::uint64_t kLimit = 600 * kMega;

// Megabytes.
os::MemoryReading reading(std::uint64_t charged, std::uint64_t reclaimable = 0,
                          std::uint64_t swapped = 0) {
    return {charged * kMega, reclaimable * kMega, swapped * kMega};
}

TEST(MemoryPlan, LittleMemory_IsMarkedAtTheLimitAndNobodyLooks) {
    const auto judged = judge_memory(reading(100, 20), kLimit, {});
    EXPECT_FALSE(judged.over);
    EXPECT_EQ(judged.mark, kLimit);
    EXPECT_EQ(judged.look_after, 0);
    EXPECT_FALSE(judged.above_mark);
}

TEST(MemoryPlan, MoreThanTheLimitThatNothingGivesBack_IsOver) {
    EXPECT_TRUE(judge_memory(reading(601), kLimit, {}).over);
    EXPECT_TRUE(judge_memory(reading(900, 299), kLimit, {}).over);
    EXPECT_FALSE(judge_memory(reading(600), kLimit, {}).over) << "not beyond it";
}

TEST(MemoryPlan, CacheIsNoNeed_TheMarkRisesByWhatIsMissing) {
    const auto judged = judge_memory(reading(601, 400), kLimit, {});
    EXPECT_FALSE(judged.over);
    EXPECT_EQ(judged.mark, (601 + 399) * kMega);
    EXPECT_EQ(judged.look_after, 1) << "cache may go, and the mark stays above it";
    EXPECT_FALSE(judged.above_mark);
}

TEST(MemoryPlan, CacheThatTheKernelHasTakenBackAlready_RaisesTheMarkToo) {
    auto seen = reading(590, 400);
    EXPECT_EQ(judge_memory(seen, kLimit, {}).mark, kLimit);
    seen.reached = true;
    const auto judged = judge_memory(seen, kLimit, {});
    EXPECT_EQ(judged.mark, (590 + 410) * kMega);
    EXPECT_EQ(judged.look_after, 2) << "the next round may begin at once and find too little";
    EXPECT_FALSE(judged.over || judged.above_mark);
}

TEST(MemoryPlan, CloseToTheLimit_TheMarkRisesBySteps) {
    const auto judged = judge_memory(reading(700, 101), kLimit, {});
    EXPECT_EQ(judged.mark, 700 * kMega + kLimit / 64);
    EXPECT_EQ(judge_memory({4096, 4096, 0}, 4096, {}).mark, 4096 + kMega) << "not too small ones";
}

TEST(MemoryPlan, SwappedMemory_IsUsed) {
    EXPECT_TRUE(judge_memory(reading(500, 0, 101), kLimit, {}).over);
    EXPECT_EQ(judge_memory(reading(400, 0, 100), kLimit, {}).mark, 500 * kMega)
        << "or growth by 100 MB would go unseen";
}

TEST(MemoryPlan, MemoryHigh_IsNeverRaised) {
    const std::optional<std::uint64_t> lower = 500 * kMega;
    EXPECT_EQ(judge_memory(reading(100), kLimit, lower).mark, *lower);
    EXPECT_EQ(judge_memory(reading(100), kLimit, lower).look_after, 0);
    const auto judged = judge_memory(reading(510, 50), kLimit, lower);
    EXPECT_EQ(judged.mark, *lower);
    EXPECT_TRUE(judged.above_mark) << "it rings all the time";
    EXPECT_EQ(judged.look_after, 1);
    auto below_again = reading(490, 50);
    EXPECT_FALSE(judge_memory(below_again, kLimit, lower).above_mark);
    below_again.reached = true;
    const auto judged_below = judge_memory(below_again, kLimit, lower);
    EXPECT_EQ(judged_below.mark, *lower);
    EXPECT_TRUE(judged_below.above_mark);
    EXPECT_EQ(judged_below.look_after, 1);
    EXPECT_EQ(judge_memory(reading(100), kLimit, 700 * kMega).mark, kLimit);
}

TEST(MemoryPlan, HugeNumbers_DoNotOverflow) {
    const auto judged = judge_memory({UINT64_MAX, UINT64_MAX, 0}, UINT64_MAX - 1, {});
    EXPECT_FALSE(judged.over);
    EXPECT_EQ(judged.mark, UINT64_MAX);
    EXPECT_EQ((os::MemoryReading{5, 9, 1}.used()), 1U) << "figures are not of one moment";
}

TEST(RestartPace, RunsThatAreOverSoon_WaitTwiceAsLongEachTime) {
    RestartPace pace;
    EXPECT_EQ(pace.least_age(), 0s);
    for (const auto wait : {10s, 20s, 40s, 80s}) {
        pace.restarted(2s);
        EXPECT_EQ(pace.least_age(), wait);
    }
    for (int i = 0; i < 1000; ++i) pace.restarted(2s);
    EXPECT_EQ(pace.least_age(), 1h);
}

TEST(RestartPace, RunThatWasWellForAMinute_BeginsAnew) {
    RestartPace pace;
    pace.restarted(59s);
    pace.restarted(1min);
    EXPECT_EQ(pace.least_age(), 0s);
}

}  // namespace
}  // namespace svd::daemon
