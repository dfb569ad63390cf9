#include "base/signal_table.h"

#include <csignal>
#include <set>

#include <gtest/gtest.h>

namespace svd {
namespace {

TEST(SignalTableTest, FindSignal_NameWithAndWithoutPrefix_AnyCase) {
    for (const char* text : {"HUP", "hup", "SIGHUP", "sighup", "SigHup", " HUP ", "1", "+1", " 1 "})
        EXPECT_EQ(find_signal(text), SIGHUP) << text;
}

TEST(SignalTableTest, FindSignal_AliasNames_MeanTheSameSignal) {
    EXPECT_EQ(find_signal("CLD"), SIGCHLD);
    EXPECT_EQ(find_signal("IOT"), SIGABRT);
    EXPECT_EQ(find_signal("IO"), find_signal("POLL"));
    EXPECT_EQ(find_signal("RTMIN"), 34);
    EXPECT_EQ(find_signal("RTMAX"), 64);
}

TEST(SignalTableTest, FindSignal_Zero_OnlyAsksWhetherAProcessIsThere) {
    for (const char* text : {"0", "+0", "00"}) EXPECT_EQ(find_signal(text), 0) << text;
}

TEST(SignalTableTest, FindSignal_NotASignal_IsEmpty) {
    for (const char* text : {"", " ", "SIG", "SIGSIGHUP", "HUPP", "-1", "65", "35", "9999999999",
                             "99999999999999999999", "TERM;", "0x9", "9.0"})
        EXPECT_EQ(find_signal(text), std::nullopt) << text;
}

TEST(SignalTableTest, SignalName_KnownNumber_IsTheNameThatLogsUse) {
    EXPECT_EQ(signal_name(SIGTERM), "SIGTERM");
    EXPECT_EQ(signal_name(SIGABRT), "SIGABRT");
    EXPECT_EQ(signal_name(SIGCHLD), "SIGCHLD");
    EXPECT_EQ(signal_name(29), "SIGPOLL");
}

TEST(SignalTableTest, SignalName_UnknownNumber_SaysTheNumber) {
    EXPECT_EQ(signal_name(40), "signal 40");
    EXPECT_EQ(signal_name(0), "signal 0");
}

TEST(SignalTableTest, Table_EveryRow_IsFoundByNameAndNumber) {
    for (const SignalRow& row : signal_table()) {
        EXPECT_EQ(find_signal(row.name), row.number) << row.name;
        EXPECT_EQ(find_signal(row.name.substr(3)), row.number) << row.name;
        EXPECT_EQ(find_signal(std::to_string(row.number)), row.number) << row.name;
        EXPECT_TRUE(is_known_signal(row.number)) << row.name;
    }
}

TEST(SignalTableTest, Table_EveryNumber_HasExactlyOnePreferredName) {
    std::set<int> numbers;
    std::multiset<int> preferred;
    for (const SignalRow& row : signal_table()) {
        numbers.insert(row.number);
        if (row.preferred) preferred.insert(row.number);
    }
    for (const int number : numbers) EXPECT_EQ(preferred.count(number), 1U) << number;
}

TEST(SignalTableTest, Table_HoldsEveryStandardSignal) {
    for (int number = 1; number <= 31; ++number) EXPECT_TRUE(is_known_signal(number)) << number;
    EXPECT_FALSE(is_known_signal(0));
    EXPECT_FALSE(is_known_signal(32));
}

}  // namespace
}  // namespace svd
