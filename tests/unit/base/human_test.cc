#include "base/human.h"

#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

namespace svd {
namespace {

using namespace std::chrono_literals;

TEST(ByteText, PowersOf1024_AreWrittenAsInTheConfiguration) {
    EXPECT_EQ(byte_text(0), "0");
    EXPECT_EQ(byte_text(1023), "1023");
    EXPECT_EQ(byte_text(1024), "1K");
    EXPECT_EQ(byte_text(600ULL << 20), "600M");
    EXPECT_EQ(byte_text(3ULL << 29), "1.5G");
    EXPECT_EQ(byte_text(1ULL << 40), "1T");
}

TEST(ByteText, LargeValues_HaveNoDecimal) {
    EXPECT_EQ(byte_text((612ULL << 20) + 300'000), "612M");
    EXPECT_EQ(byte_text((99ULL << 20) + 300'000), "99.3M");
}

TEST(ByteText, NearlyTheNextUnit_IsShownInIt) {
    EXPECT_EQ(byte_text((1ULL << 20) - 1), "1.0M");
    EXPECT_EQ(byte_text(UINT64_MAX), "16E");
}

TEST(DurationText, EveryLength_HasTwoUnitsAtMost) {
    EXPECT_EQ(duration_text(-1s), "0.00 s");
    EXPECT_EQ(duration_text(123ms), "0.12 s");
    EXPECT_EQ(duration_text(999ms), "1.0 s");
    EXPECT_EQ(duration_text(2100ms), "2.1 s");
    EXPECT_EQ(duration_text(9990ms), "10 s");
    EXPECT_EQ(duration_text(59600ms), "1 min 0 s");
    EXPECT_EQ(duration_text(184s), "3 min 4 s");
    EXPECT_EQ(duration_text(2h + 5min + 59s), "2 h 5 min");
    EXPECT_EQ(duration_text(99h), "4 d 3 h");
}

TEST(LocalTime, TextAndDay_AreThoseOfTheTimeZone) {
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
    const WallTime before(1'700'005'199s);  // 2023-11-14 23:39:59
    EXPECT_EQ(local_time_text(before), "2023-11-14 23:39:59");
    EXPECT_EQ(local_day(before), local_day(before - 23h));
    EXPECT_LT(local_day(before), local_day(before + 1h));
    ::setenv("TZ", "CET-1", 1);
    ::tzset();
    EXPECT_EQ(local_time_text(before), "2023-11-15 00:39:59");
    EXPECT_GT(local_day(before), local_day(before - 1h));
}

TEST(LocalTime, Days_GrowOverTheEndOfAYear) {
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
    const WallTime silvester(1'704'063'600s);  // 2023-12-31 23:00:00
    EXPECT_LT(local_day(silvester), local_day(silvester + 2h));
}

TEST(OrdinalText, Endings_AreThoseOfSpeech) {
    EXPECT_EQ(ordinal_text(1), "1st");
    EXPECT_EQ(ordinal_text(2), "2nd");
    EXPECT_EQ(ordinal_text(3), "3rd");
    EXPECT_EQ(ordinal_text(4), "4th");
    EXPECT_EQ(ordinal_text(11), "11th");
    EXPECT_EQ(ordinal_text(112), "112th");
    EXPECT_EQ(ordinal_text(122), "122nd");
}

}  // namespace
}  // namespace svd
