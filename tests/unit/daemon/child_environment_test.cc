#include "daemon/child_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd::daemon {
namespace {

using testing::Contains;
using testing::Not;
using testing::StartsWith;

TEST(ChildEnvironment, LaterSourcesReplaceEarlierOnes) {
    config::ProcessConfig program;
    program.name = "web_00";
    program.environment = {{"PATH", "/opt/bin"}, {"SUPERVISOR_ENABLED", "mine"}};
    const auto entries = child_environment({{"PATH", "/bin"}, {"HOME", "/root"}}, program, "web",
                                           "unix:///run/svd.sock");
    EXPECT_THAT(entries, testing::UnorderedElementsAre(
                             "HOME=/root", "PATH=/opt/bin", "SUPERVISOR_ENABLED=mine",
                             "SUPERVISOR_GROUP_NAME=web", "SUPERVISOR_PROCESS_NAME=web_00",
                             "SUPERVISOR_SERVER_URL=unix:///run/svd.sock"));
}

TEST(ChildEnvironment, ServerUrlIsLeftOutWithoutAServer_AndTheProgramsOwnWins) {
    config::ProcessConfig program;
    program.name = "web";
    EXPECT_THAT(child_environment({}, program, "web", ""),
                Not(Contains(StartsWith("SUPERVISOR_SERVER_URL="))));
    program.serverurl = "http://elsewhere:9001";
    EXPECT_THAT(child_environment({}, program, "web", "unix:///x"),
                Contains("SUPERVISOR_SERVER_URL=http://elsewhere:9001"));
}

TEST(ChildEnvironment, WhatTheManagerToldTheDaemonStaysWithIt) {
    char home[] = "HOME=/root";
    char notify[] = "NOTIFY_SOCKET=/run/systemd/notify";
    char fds[] = "LISTEN_FDS=2";
    char junk[] = "NOEQUALS";
    char* environment[] = {home, notify, fds, junk, nullptr};
    EXPECT_EQ(inheritable_environment(environment), (config::Environment{{"HOME", "/root"}}));
}

}  // namespace
}  // namespace svd::daemon
