// The order in which a Fleet comes to its end.
#include <gmock/gmock.h>

#include "unit/process/support.h"

namespace svd::process {
namespace {

using namespace testing_support;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ShutdownTest : public ::testing::Test {
  protected:
    void add_running(std::shared_ptr<config::GroupConfig> config) {
        Group& g = fleet.add_group(std::move(config));
        fleet.queue_autostart(g);
        while (fleet.start_some(100, at(0s))) {
        }
        fleet.on_time(at(1s));
        actuator.take();
    }
    void exits(std::string_view group_name, std::string_view process) {
        fleet.feed(*fleet.find(group_name, process), Exited{code(0)}, at(3s));
    }
    RecordingActuator actuator;
    Fleet fleet{actuator};
};

TEST_F(ShutdownTest, NothingRunning_CompletesAtOnce) {
    fleet.add_group(group("g", 1));
    actuator.take();
    fleet.begin_shutdown(DaemonState::Shutdown, at(0s));
    EXPECT_THAT(actuator.take(), ElementsAre("complete SHUTDOWN"));
    EXPECT_EQ(fleet.daemon_state(), DaemonState::Shutdown);
}

TEST_F(ShutdownTest, EmptyFleet_CompletesAtOnceAndOnlyOnce) {
    fleet.begin_shutdown(DaemonState::Restarting, at(0s));
    fleet.begin_shutdown(DaemonState::Restarting, at(0s));
    EXPECT_THAT(actuator.take(), ElementsAre("complete RESTARTING"));
}

TEST_F(ShutdownTest, Groups_StopInDescendingPriorityOneAfterAnother) {
    add_running(group("low", 1));
    add_running(group("high", 9));
    fleet.begin_shutdown(DaemonState::Shutdown, at(2s));
    EXPECT_THAT(actuator.take(), ElementsAre("high RUNNING>STOPPING", "signal high 15"));
    exits("high", "high");
    EXPECT_THAT(actuator.take(),
                ElementsAre("high STOPPING>STOPPED", "low RUNNING>STOPPING", "signal low 15"));
    exits("low", "low");
    EXPECT_THAT(actuator.take(), ElementsAre("low STOPPING>STOPPED", "complete SHUTDOWN"));
}

TEST_F(ShutdownTest, GroupsOfEqualPriority_StopTogether_Defect9) {
    add_running(group("a", 5));
    add_running(group("b", 5));
    add_running(group("c", 1));
    fleet.begin_shutdown(DaemonState::Shutdown, at(2s));
    EXPECT_THAT(actuator.take("signal"), ElementsAre("signal b 15", "signal a 15"));
    exits("a", "a");
    EXPECT_THAT(actuator.take("signal"), IsEmpty());
    exits("b", "b");
    EXPECT_THAT(actuator.take("signal"), ElementsAre("signal c 15"));
}

TEST_F(ShutdownTest, Members_AreSignalledInDescendingPriority) {
    add_running(group("g", 5, {member("x", 2), member("y", 9), member("z", 1)}));
    fleet.begin_shutdown(DaemonState::Shutdown, at(2s));
    EXPECT_THAT(actuator.take("signal"),
                ElementsAre("signal g:y 15", "signal g:x 15", "signal g:z 15"));
    std::vector<std::string> waiting;
    for (const Process* p : fleet.unstopped()) waiting.push_back(p->name());
    EXPECT_THAT(waiting, ElementsAre("x", "y", "z"));
}

TEST_F(ShutdownTest, Unstopped_FollowsTheOrderOfAddition) {
    add_running(group("z", 1));
    add_running(group("a", 2));
    std::vector<std::string> waiting;
    for (const Process* p : fleet.unstopped()) waiting.push_back(p->name());
    EXPECT_THAT(waiting, ElementsAre("z", "a"));
}

TEST_F(ShutdownTest, Backoff_TurnsIntoFatalWhenItsGroupHasItsTurn) {
    add_running(group("high", 9));
    actuator.on_spawn = [](Process&) -> Event { return SpawnFailed{"no"}; };
    Group& failing = fleet.add_group(group("failing", 1));
    fleet.feed(*failing.processes[0], StartRequested{}, at(1s));
    actuator.take();
    actuator.logs.clear();
    fleet.begin_shutdown(DaemonState::Shutdown, at(2s));
    fleet.on_time(at(20s));
    EXPECT_EQ(failing.processes[0]->data.state, State::Backoff) << "not its turn, no retry";
    actuator.take();
    exits("high", "high");
    EXPECT_THAT(actuator.take(),
                ElementsAre("high STOPPING>STOPPED", "failing BACKOFF>FATAL", "complete SHUTDOWN"));
    for (const std::string& line : actuator.logs)
        EXPECT_THAT(line, ::testing::Not(::testing::HasSubstr("gave up")));
}

TEST_F(ShutdownTest, NothingStarts_WhateverIsQueuedOrAskedFor) {
    add_running(group("high", 9));
    Group& idle = fleet.add_group(group("idle", 1));
    fleet.queue_autostart(idle);
    fleet.begin_shutdown(DaemonState::Shutdown, at(2s));
    actuator.take();
    fleet.queue_start(*idle.processes[0]);
    EXPECT_FALSE(fleet.start_some(10, at(2s)));
    fleet.feed(*idle.processes[0], StartRequested{}, at(2s));
    fleet.feed(*fleet.find("high", "high"), StartRequested{}, at(2s));
    EXPECT_THAT(actuator.take(), IsEmpty());
    exits("high", "high");
    EXPECT_THAT(actuator.take(), ElementsAre("high STOPPING>STOPPED", "complete SHUTDOWN"));
}

TEST_F(ShutdownTest, ExitBeforeItsTurn_IsNotRestarted) {
    auto config = member("low", 1);
    config->autorestart = config::AutoRestart::Always;
    add_running(group("low", 1, {config}));
    add_running(group("high", 9));
    fleet.begin_shutdown(DaemonState::Shutdown, at(2s));
    actuator.take();
    exits("low", "low");
    EXPECT_THAT(actuator.take(), ElementsAre("low RUNNING>EXITED"));
    exits("high", "high");
    EXPECT_THAT(actuator.take(), ElementsAre("high STOPPING>STOPPED", "complete SHUTDOWN"));
}

TEST_F(ShutdownTest, ShutdownDuringRestart_WinsAndCompletesOnce) {
    add_running(group("g", 1));
    fleet.begin_shutdown(DaemonState::Restarting, at(2s));
    EXPECT_EQ(fleet.daemon_state(), DaemonState::Restarting);
    fleet.begin_shutdown(DaemonState::Shutdown, at(2s));
    fleet.begin_shutdown(DaemonState::Restarting, at(2s));
    EXPECT_EQ(fleet.daemon_state(), DaemonState::Shutdown);
    actuator.take();
    exits("g", "g");
    EXPECT_THAT(actuator.take(), ElementsAre("g STOPPING>STOPPED", "complete SHUTDOWN"));
    fleet.begin_shutdown(DaemonState::Shutdown, at(3s));
    EXPECT_THAT(actuator.take(), IsEmpty());
}

TEST_F(ShutdownTest, ProcessAlreadyStopping_HoldsItsBatch) {
    add_running(group("g", 5));
    add_running(group("low", 1));
    fleet.feed(*fleet.find("g", "g"), StopRequested{}, at(2s));
    fleet.feed(*fleet.find("g", "g"), StartRequested{}, at(2s));
    actuator.take();
    fleet.begin_shutdown(DaemonState::Shutdown, at(2s));
    EXPECT_THAT(actuator.take(), IsEmpty());
    exits("g", "g");
    EXPECT_THAT(actuator.take("signal"), ElementsAre("signal low 15"));
}

TEST_F(ShutdownTest, UnknownProcess_HoldsNobodyUp) {
    add_running(group("g", 5));
    actuator.on_signal = [](Process&, int number) { return SignalFailed{number, "EPERM"}; };
    fleet.begin_shutdown(DaemonState::Shutdown, at(2s));
    EXPECT_THAT(actuator.take(), ElementsAre("g RUNNING>STOPPING", "signal g 15",
                                             "g STOPPING>UNKNOWN", "complete SHUTDOWN"));
}

TEST_F(ShutdownTest, RemainsOfALeader_HoldTheBatch) {
    add_running(group("g", 5));
    fleet.begin_shutdown(DaemonState::Shutdown, at(2s));
    fleet.feed(*fleet.find("g", "g"), Exited{killed_by(15), true}, at(3s));
    actuator.take();
    EXPECT_EQ(fleet.next_deadline(), at(4s).mono);
    fleet.on_time(at(4s));
    EXPECT_THAT(actuator.take(), ElementsAre("kill_remains g"));
    fleet.feed(*fleet.find("g", "g"), Emptied{}, at(4s));
    EXPECT_THAT(actuator.take(), ElementsAre("g STOPPING>STOPPED", "complete SHUTDOWN"));
}

TEST_F(ShutdownTest, GroupRemovedBeforeItsTurn_IsForgotten) {
    add_running(group("high", 9));
    fleet.add_group(group("idle", 1));
    fleet.begin_shutdown(DaemonState::Shutdown, at(2s));
    EXPECT_TRUE(fleet.remove_group("idle"));
    actuator.take();
    exits("high", "high");
    EXPECT_THAT(actuator.take(), ElementsAre("high STOPPING>STOPPED", "complete SHUTDOWN"));
}

TEST_F(ShutdownTest, BegunInsideACallback_StopsWhatWasJustStarted) {
    Group& g = fleet.add_group(group("g", 1));
    actuator.take();
    actuator.on_published = [&](Process&, const Publish& change) {
        if (change.to == State::Starting) fleet.begin_shutdown(DaemonState::Shutdown, at(0s));
    };
    fleet.feed(*g.processes[0], StartRequested{}, at(0s));
    EXPECT_THAT(actuator.take(),
                ElementsAre("g STOPPED>STARTING", "spawn g", "g STARTING>STOPPING", "signal g 15"));
    exits("g", "g");
    EXPECT_THAT(actuator.take(), ElementsAre("g STOPPING>STOPPED", "complete SHUTDOWN"));
}

TEST_F(ShutdownTest, GroupsMayBeRemovedWhenItIsComplete) {
    add_running(group("g", 1));
    actuator.on_complete = [&](DaemonState) { EXPECT_TRUE(fleet.remove_group("g")); };
    fleet.begin_shutdown(DaemonState::Restarting, at(2s));
    exits("g", "g");
    EXPECT_EQ(fleet.process_count(), 0U);
}

}  // namespace
}  // namespace svd::process
