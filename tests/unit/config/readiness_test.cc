#include <gtest/gtest.h>

#include "unit/config/fake_host.h"

namespace svd::config {
namespace {

Readiness readiness_of(const LoadResult& result) {
    return result.config->groups.at(0).processes.at(0)->readiness;
}

TEST(Readiness, Unset_IsSupervisors) {
    Fixture fixture;
    EXPECT_EQ(readiness_of(fixture.load_program("")), Readiness{});
    EXPECT_EQ(readiness_of(fixture.load_program("ready=none\nready_timeout=90s\n")), Readiness{});
    EXPECT_FALSE(Readiness{}.notifies());
}

TEST(Readiness, AllOptions_AreRead) {
    Fixture fixture;
    const auto result = fixture.load_program(
        "ready=NOTIFY\nready_timeout=2m\nwatchdog_sec=30\nwatchdog_signal=KILL\nfdstore_max=7\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_EQ(readiness_of(result),
              (Readiness{ReadyBy::Notify, -1, Seconds{120}, Seconds{30}, 9, 7}));
    const auto line = fixture.load_program("ready=fd:5\nready_timeout=0\n");
    EXPECT_EQ(readiness_of(line).by, ReadyBy::Descriptor);
    EXPECT_EQ(readiness_of(line).fd, 5);
    EXPECT_EQ(readiness_of(line).timeout, Seconds{0});
    EXPECT_FALSE(readiness_of(line).notifies());
}

TEST(Readiness, AnyUseOfTheSocket_MakesOne) {
    Fixture fixture;
    for (const char* option : {"ready=notify\n", "watchdog_sec=1\n", "fdstore_max=1\n"})
        EXPECT_TRUE(readiness_of(fixture.load_program(option)).notifies()) << option;
}

TEST(Readiness, WhatCannotBe_IsRefused) {
    Fixture fixture;
    for (const char* option :
         {"ready=yes", "ready=fd:", "ready=fd:2", "ready=fd:256", "ready=fd:x", "ready_timeout=-1",
          "ready_timeout=soon", "watchdog_sec=-1", "watchdog_signal=NOPE", "fdstore_max=-1",
          "fdstore_max=1025", "ready=fd:4\nfdstore_max=2"})
        EXPECT_NE(error_of(fixture.load_program(std::string(option) + "\n")), "") << option;
    EXPECT_EQ(error_of(fixture.load_program("ready=fd:5\nfdstore_max=2\n")), "");
}

}  // namespace
}  // namespace svd::config
