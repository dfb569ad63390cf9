#include <cstdlib>
#include <ctime>

#include <gmock/gmock.h>

#include "unit/process/support.h"

namespace svd::process {
namespace {

using namespace testing_support;

class Describe : public ::testing::Test {
  protected:
    void SetUp() override {
        ::setenv("TZ", "UTC0", 1);
        ::tzset();
    }
    Data data_;
};

TEST_F(Describe, ExitStatus_IsWordedAsSupervisorDoes) {
    EXPECT_EQ(describe(code(0)), "exit status 0");
    EXPECT_EQ(describe(code(127)), "exit status 127");
    EXPECT_EQ(describe(killed_by(9)), "terminated by SIGKILL");
    EXPECT_EQ(describe(killed_by(11, true)), "terminated by SIGSEGV (core dumped)");
    EXPECT_EQ(describe(killed_by(29)), "terminated by SIGPOLL");
    EXPECT_EQ(describe(killed_by(6)), "terminated by SIGABRT");
    EXPECT_EQ(describe(killed_by(40)), "terminated by signal 40");
    EXPECT_EQ(code(3).rpc_value(), 3);
    EXPECT_EQ(killed_by(15).rpc_value(), -1);
}

TEST_F(Describe, Running_ShowsPidAndUptimeAsATimedelta) {
    data_.state = State::Running;
    data_.pid = 4711;
    data_.started_mono = kStart;
    const auto uptime = [&](Duration d) { return describe(data_, at(d)); };
    EXPECT_EQ(uptime(0s), "pid 4711, uptime 0:00:00");
    EXPECT_EQ(uptime(999ms), "pid 4711, uptime 0:00:00");
    EXPECT_EQ(uptime(3723s), "pid 4711, uptime 1:02:03");
    EXPECT_EQ(uptime(23h + 59min + 59s), "pid 4711, uptime 23:59:59");
    EXPECT_EQ(uptime(24h + 3723s), "pid 4711, uptime 1 day, 1:02:03");
    EXPECT_EQ(uptime(24h * 12), "pid 4711, uptime 12 days, 0:00:00");
    EXPECT_EQ(uptime(-5s), "pid 4711, uptime 0:00:00");
}

TEST_F(Describe, Running_UptimeDoesNotFollowTheWallClock) {
    data_.state = State::Running;
    data_.pid = 1;
    data_.started_mono = kStart;
    Now now = at(10s);
    now.wall -= std::chrono::hours(500);
    EXPECT_EQ(describe(data_, now), "pid 1, uptime 0:00:10");
}

TEST_F(Describe, FailedStates_ShowTheErrorOrAHint) {
    for (const State state : {State::Fatal, State::Backoff}) {
        data_.state = state;
        data_.spawnerr = "can't find command 'x'";
        EXPECT_EQ(describe(data_, at(0s), "x"), "can't find command 'x'");
        data_.spawnerr.clear();
        EXPECT_EQ(describe(data_, at(0s), "x"), "unknown error (try \"tail x\")");
    }
}

TEST_F(Describe, EndedStates_ShowTheLocalTimeOfTheEnd) {
    for (const State state : {State::Stopped, State::Exited}) {
        data_ = Data{};
        data_.state = state;
        EXPECT_EQ(describe(data_, at(0s)), "Not started");
        data_.laststart = kWall;
        data_.laststop = WallTime{std::chrono::seconds(1'700'596'800)};  // 2023-11-21 20:00 UTC
        EXPECT_EQ(describe(data_, at(0s)), "Nov 21 08:00 PM");
        data_.laststop = WallTime{std::chrono::seconds(1'704'067'260)};  // 2024-01-01 00:01 UTC
        EXPECT_EQ(describe(data_, at(0s)), "Jan 01 12:01 AM");
        data_.laststop = WallTime{std::chrono::seconds(1'704'110'400)};  // 2024-01-01 12:00 UTC
        EXPECT_EQ(describe(data_, at(0s)), "Jan 01 12:00 PM");
    }
}

TEST_F(Describe, EndedStates_FollowTheTimeZone) {
    ::setenv("TZ", "CET-1", 1);
    ::tzset();
    data_.laststop = WallTime{std::chrono::seconds(1'700'596'800)};
    EXPECT_EQ(describe(data_, at(0s)), "Nov 21 09:00 PM");
}

TEST_F(Describe, StatesInBetween_HaveNoText) {
    for (const State state : {State::Starting, State::Stopping, State::Unknown}) {
        data_.state = state;
        data_.pid = 5;
        data_.spawnerr = "old";
        EXPECT_EQ(describe(data_, at(5s)), "");
    }
}

TEST(StateTable, NamesAndCodes_AreThoseOfSupervisor) {
    const std::vector<std::pair<int, std::string>> expected{
        {0, "STOPPED"},   {10, "STARTING"}, {20, "RUNNING"}, {30, "BACKOFF"},
        {40, "STOPPING"}, {100, "EXITED"},  {200, "FATAL"},  {1000, "UNKNOWN"}};
    std::vector<std::pair<int, std::string>> actual;
    for (const State state : kAllStates)
        actual.emplace_back(static_cast<int>(state), state_name(state));
    EXPECT_EQ(actual, expected);
    EXPECT_EQ(daemon_state_name(DaemonState::Running), "RUNNING");
    EXPECT_EQ(daemon_state_name(DaemonState::Restarting), "RESTARTING");
    EXPECT_EQ(daemon_state_name(DaemonState::Shutdown), "SHUTDOWN");
}

}  // namespace
}  // namespace svd::process
