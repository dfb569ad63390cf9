#include "process/announcement.h"

#include <chrono>

#include <gtest/gtest.h>

namespace svd::process {
namespace {

using namespace std::chrono_literals;

TEST(Announcement, AllFields_AreRead) {
    const auto all = parse_announcement(
        "READY=1\nRELOADING=1\nSTOPPING=1\nSTATUS=a b = c\nMAINPID=4711\nWATCHDOG=1\n"
        "WATCHDOG_USEC=2000000\nEXTEND_TIMEOUT_USEC=1500\nFDSTORE=1\nFDSTOREREMOVE=1\n"
        "FDNAME=web.sock\nFDPOLL=0\nBARRIER=1\nMONOTONIC_USEC=1\n");
    Announcement expected;
    expected.ready = expected.reloading = expected.stopping = true;
    expected.status = "a b = c";
    expected.main_pid = 4711;
    expected.alive = true;
    expected.watchdog = 2s;
    expected.extend = 1500us;
    expected.store = expected.remove = true;
    expected.fd_name = "web.sock";
    expected.fd_poll = false;
    expected.barrier = true;
    EXPECT_EQ(all, expected);
}

TEST(Announcement, WhatMakesNoSense_IsAsIfNotThere) {
    for (const auto* text : {"",
                             "\n\n",
                             "READY",
                             "READY=",
                             "READY=yes",
                             "READY=1 ",
                             " READY=1",
                             "=1",
                             "ready=1",
                             "MAINPID=1",
                             "MAINPID=0",
                             "MAINPID=-5",
                             "MAINPID=99999999999",
                             "MAINPID=4x",
                             "WATCHDOG=0",
                             "WATCHDOG_USEC=-1",
                             "WATCHDOG_USEC=1s",
                             "EXTEND_TIMEOUT_USEC=",
                             "FDNAME=",
                             "FDNAME=a:b",
                             "FDNAME=a b",
                             "STATUS=\xff",
                             "BARRIER=2",
                             "X_READY=1"})
        EXPECT_EQ(parse_announcement(text), Announcement{}) << text;
}

TEST(Announcement, LastOfAName_Counts) {
    EXPECT_EQ(parse_announcement("STATUS=a\nSTATUS=b").status, "b");
    EXPECT_FALSE(parse_announcement("READY=1\nREADY=0").ready);
}

TEST(Announcement, Trigger_IsNoSignOfLife) {
    const auto read = parse_announcement("WATCHDOG=trigger");
    EXPECT_TRUE(read.watchdog_trigger);
    EXPECT_FALSE(read.alive);
}

TEST(Announcement, LongestTimes_DoNotOverflow) {
    const auto read = parse_announcement("WATCHDOG_USEC=18446744073709551615");
    ASSERT_TRUE(read.watchdog);
    EXPECT_GT(*read.watchdog, 24h * 365 * 40);
    EXPECT_GT(MonoTime(std::chrono::hours(24 * 365 * 50)) + *read.watchdog, MonoTime{});
}

TEST(Announcement, Status_IsOnePrintableLineOfBoundedLength) {
    EXPECT_EQ(parse_announcement("STATUS=a\x1b[2J\tb\x7f").status, "a [2J b ");
    const auto cut =
        parse_announcement("STATUS=" + std::string(kLongestStatus - 1, 'x') + "\u00e4");
    EXPECT_EQ(cut.status, std::string(kLongestStatus - 1, 'x'));
}

TEST(Announcement, FdName_IsBounded) {
    EXPECT_TRUE(is_fd_name(std::string(kLongestFdName, 'x')));
    EXPECT_FALSE(is_fd_name(std::string(kLongestFdName + 1, 'x')));
}

TEST(Told, Note_KnowsWhatIsNews) {
    Told told;
    EXPECT_TRUE(told.note(parse_announcement("RELOADING=1\nSTATUS=x")));
    EXPECT_FALSE(told.note(parse_announcement("STATUS=x")));
    EXPECT_FALSE(told.note(parse_announcement("WATCHDOG=1")));
    EXPECT_TRUE(told.reloading);
    EXPECT_TRUE(told.note(parse_announcement("READY=1")));
    EXPECT_FALSE(told.reloading);
    EXPECT_EQ(told.status, "x");
}

}  // namespace
}  // namespace svd::process
