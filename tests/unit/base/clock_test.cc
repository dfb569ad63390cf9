#include "base/clock.h"

#include <chrono>

#include <gtest/gtest.h>

namespace svd {
namespace {

using namespace std::chrono_literals;

TEST(ClockTest, ReadClocks_Twice_MonotonicTimeNeverGoesBack) {
    MonoTime before = read_clocks().mono;
    for (int i = 0; i < 1000; ++i) {
        const MonoTime now = read_clocks().mono;
        ASSERT_GE(now, before);
        before = now;
    }
}

TEST(ClockTest, ReadClocks_WallTime_IsTheSystemClock) {
    const auto before =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const WallTime wall = read_clocks().wall;
    // The system clock may be set back between the two readings; an hour would be another clock.
    EXPECT_GT(wall, before - 1h);
    EXPECT_LT(wall, before + 1h);
}

TEST(ClockTest, ReadClocks_MonotonicTime_IsNotTheWallClock) {
    const Now now = read_clocks();
    EXPECT_LT(now.mono.time_since_epoch(), now.wall.time_since_epoch());
}

TEST(ClockTest, EpochSeconds_Never_IsZero) {
    EXPECT_EQ(epoch_seconds(WallTime{}), 0);
}

TEST(ClockTest, EpochSeconds_FractionOfASecond_IsCutOff) {
    EXPECT_EQ(epoch_seconds(WallTime(1700000000s + 999999us)), 1700000000);
}

TEST(ClockTest, EpochSeconds_BeforeTheEpoch_RoundsDown) {
    EXPECT_EQ(epoch_seconds(WallTime(-1us)), -1);
}

TEST(ClockTest, EpochSeconds_After2038_DoesNotWrap) {
    EXPECT_EQ(epoch_seconds(WallTime(std::chrono::seconds(4102444800))), 4102444800);
}

}  // namespace
}  // namespace svd
