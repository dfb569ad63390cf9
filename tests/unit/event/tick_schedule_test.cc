#include "event/tick_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd::event {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

WallTime at(std::chrono::milliseconds since_epoch) {
    return WallTime(since_epoch);
}

TEST(TickSchedule, BoundaryPassed_IsDueOnce) {
    TickSchedule ticks;
    ticks.watch({5, 60}, at(56'000ms));
    EXPECT_THAT(ticks.due(at(56'500ms)), IsEmpty());
    EXPECT_THAT(ticks.due(at(59'999ms)), IsEmpty());
    EXPECT_THAT(ticks.due(at(60'000ms)), ElementsAre(5, 60));
    EXPECT_THAT(ticks.due(at(60'001ms)), IsEmpty());
}

TEST(TickSchedule, BoundariesMissed_CollapseIntoOne) {
    TickSchedule ticks;
    ticks.watch({5}, at(1'000ms));
    EXPECT_THAT(ticks.due(at(99'000ms)), ElementsAre(5));
    EXPECT_THAT(ticks.due(at(99'500ms)), IsEmpty());
}

TEST(TickSchedule, ClockSetBack_CountsAsPassed) {
    TickSchedule ticks;
    ticks.watch({5}, at(100'000ms));
    EXPECT_THAT(ticks.due(at(50'000ms)), ElementsAre(5));
}

TEST(TickSchedule, Wait_EndsAtTheNextBoundary) {
    TickSchedule ticks;
    ticks.watch({5, 60}, at(0ms));
    EXPECT_EQ(ticks.until_next(at(3'250ms)), 1'750ms);
    EXPECT_EQ(ticks.until_next(at(5'000ms)), 5s);
}

TEST(TickSchedule, LongWait_IsCutForClocksThatAreSet) {
    TickSchedule ticks;
    ticks.watch({3600}, at(10'000ms));
    EXPECT_EQ(ticks.until_next(at(10'000ms)), 60s);
    EXPECT_EQ(ticks.until_next(at(3'599'000ms)), 1s);
}

TEST(TickSchedule, WatchingMore_LeavesRunningPeriodsAlone) {
    TickSchedule ticks;
    ticks.watch({5}, at(4'000ms));
    ticks.watch({5, 60}, at(6'000ms));
    EXPECT_THAT(ticks.due(at(6'000ms)), ElementsAre(5));
    ticks.watch({}, at(6'000ms));
    EXPECT_TRUE(ticks.empty());
    EXPECT_THAT(ticks.due(at(600'000ms)), IsEmpty());
}

TEST(TickSchedule, PeriodsThatMakeNoSense_AreIgnored) {
    TickSchedule ticks;
    ticks.watch({0, -5}, at(0ms));
    EXPECT_TRUE(ticks.empty());
}

TEST(TickSchedule, Restored_MissesNoBoundary) {
    TickSchedule first;
    first.watch({5}, WallTime(std::chrono::seconds(12)));
    TickSchedule second;
    second.restore(first.save());
    second.watch({5}, WallTime(std::chrono::seconds(16)));
    EXPECT_EQ(second.due(WallTime(std::chrono::seconds(16))), std::vector<std::int64_t>{5});
}

}  // namespace
}  // namespace svd::event
