// Rows of the transition table that lead down: STOPPING, STOPPED and UNKNOWN, and what the leader
// leaves behind.
#include <gmock/gmock.h>

#include "unit/process/support.h"

namespace svd::process {
namespace {

using namespace testing_support;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Stop, Running_GetsTheStopSignalAndADeadline) {
    Machine m;
    m.running().feed(StopRequested{});
    EXPECT_THAT(m.seen, ElementsAre("DEBG killing x (pid 7) with signal SIGTERM",
                                    "RUNNING>STOPPING pid:7", "Signal 15"));
    EXPECT_EQ(m.data.deadline, kStart + 1s + 10s);
}

TEST(Stop, StopAsGroup_SignalsTheGroup) {
    Machine m;
    m.config.stopasgroup = true;
    m.config.stopsignal = 2;
    m.running().feed(StopRequested{});
    EXPECT_THAT(m.seen, ElementsAre("DEBG killing x (pid 7) process group with signal SIGINT",
                                    "RUNNING>STOPPING pid:7", "Signal 2 group"));
}

TEST(Stop, Starting_IsStoppedAndItsFailuresForgotten) {
    Machine m;
    m.backoff().after(1s).feed(DeadlineReached{}).feed(Spawned{8}).feed(StopRequested{});
    EXPECT_EQ(m.data.state, State::Stopping);
    EXPECT_EQ(m.data.backoff, 0);
    m.feed(Exited{killed_by(15)});
    EXPECT_EQ(m.data.state, State::Stopped);
}

TEST(Stop, ExitWithAnExpectedCode_IsInfo) {
    Machine m;
    m.stopping().after(2s).feed(Exited{code(0)});
    EXPECT_THAT(m.seen, ElementsAre("STOPPING>STOPPED pid:7", "INFO stopped: x (exit status 0)"));
    EXPECT_EQ(m.data.exit, code(0));
    EXPECT_EQ(m.data.laststop, at(3s).wall);
    EXPECT_EQ(m.data.pid, 0);
    EXPECT_EQ(m.data.deadline, std::nullopt);
}

TEST(Stop, DeathByTheStopSignal_IsAWarning) {
    Machine m;
    m.stopping().feed(Exited{killed_by(15)});
    EXPECT_THAT(m.seen,
                ElementsAre("STOPPING>STOPPED pid:7", "WARN stopped: x (terminated by SIGTERM)"));
}

TEST(Stop, StillThereAfterStopwaitsecs_IsKilledAgainAndAgain) {
    Machine m;
    m.config.stopwaitsecs = 3s;
    m.config.killasgroup = true;
    m.stopping();
    for (int i = 0; i < 3; ++i) {
        m.after(3s).feed(DeadlineReached{});
        EXPECT_THAT(m.seen, ElementsAre("WARN killing 'x' (7) with SIGKILL",
                                        "DEBG killing x (pid 7) process group with signal SIGKILL",
                                        "KillAll"));
        EXPECT_TRUE(m.data.killed);
        EXPECT_EQ(*m.data.deadline, kStart + m.clock + 3s);
    }
    m.feed(Exited{killed_by(9)});
    EXPECT_EQ(m.data.state, State::Stopped);
}

TEST(Stop, StopwaitsecsZero_KillsAtOnceAndThenEverySecond) {
    for (const auto wait : {0s, -5s}) {
        Machine m;
        m.config.stopwaitsecs = wait;
        m.stopping();
        EXPECT_EQ(*m.data.deadline, kStart + m.clock);
        m.feed(DeadlineReached{});
        EXPECT_EQ(*m.data.deadline, kStart + m.clock + 1s);
    }
}

TEST(Stop, StartRequestWhileStopping_StartsWhenStopped_Defect23) {
    Machine m;
    m.stopping().feed(StartRequested{});
    EXPECT_THAT(m.seen, IsEmpty());
    m.feed(Exited{code(0)});
    EXPECT_THAT(m.seen, ElementsAre("STOPPING>STOPPED pid:7", "INFO stopped: x (exit status 0)",
                                    "STOPPED>STARTING tries:0", "Spawn"));
}

TEST(Stop, StopRequestAfterAStartRequest_TakesItBack) {
    Machine m;
    m.stopping().feed(StartRequested{}).feed(StopRequested{}).feed(Exited{code(0)});
    EXPECT_EQ(m.data.state, State::Stopped);
}

TEST(Stop, ShutdownAfterAStartRequest_TakesItBack) {
    Machine m;
    m.stopping().feed(StartRequested{});
    m.context.daemon_running = false;
    m.feed(Exited{code(0)});
    EXPECT_EQ(m.data.state, State::Stopped);
}

TEST(Stop, SecondStopRequest_ChangesNothing) {
    Machine m;
    m.stopping();
    const Data before = m.data;
    m.after(1s).feed(StopRequested{});
    EXPECT_THAT(m.seen, IsEmpty());
    EXPECT_EQ(m.data, before);
}

TEST(Stop, RestingStates_OnlyLog) {
    for (const State state : {State::Stopped, State::Exited, State::Fatal}) {
        Machine m;
        m.data.state = state;
        m.feed(StopRequested{});
        EXPECT_THAT(m.seen,
                    ElementsAre("DEBG attempted to kill x with sig SIGTERM but it wasn't running"));
        EXPECT_EQ(m.data.state, state);
    }
}

TEST(Shutdown, RunningProcess_IsStopped) {
    Machine m;
    m.running();
    m.context.daemon_running = false;
    m.feed(ShutdownBegun{});
    EXPECT_THAT(m.seen, ElementsAre("DEBG killing x (pid 7) with signal SIGTERM",
                                    "RUNNING>STOPPING pid:7", "Signal 15"));
}

TEST(Remains, AreKilledAndTheStateStaysUntilTheyAreGone) {
    Machine m;
    m.config.autorestart = config::AutoRestart::Never;
    m.running().after(5s).feed(Exited{code(0), true});
    EXPECT_THAT(m.seen, ElementsAre("KillRemains"));
    EXPECT_EQ(m.data.state, State::Running);
    EXPECT_TRUE(m.data.leader_gone);
    EXPECT_EQ(m.data.deadline, kStart + 7s);
    m.after(1s).feed(DeadlineReached{});
    EXPECT_THAT(m.seen, ElementsAre("KillRemains"));
    EXPECT_EQ(m.data.deadline, kStart + 8s);
    m.after(500ms).feed(Emptied{});
    EXPECT_THAT(m.seen, ElementsAre("RUNNING>EXITED expected:1 pid:7",
                                    "INFO exited: x (exit status 0; expected)"));
    EXPECT_EQ(m.data.laststop, at(6s).wall) << "the leader's end, not the last descendant's";
    EXPECT_FALSE(m.data.leader_gone);
    EXPECT_EQ(m.data.deadline, std::nullopt);
}

TEST(Remains, KeepDescendants_LeavesThemAlone) {
    Machine m;
    m.config.keep_descendants = true;
    m.running().feed(Exited{code(0), true});
    EXPECT_THAT(m.seen, ElementsAre("RUNNING>EXITED expected:1 pid:7",
                                    "INFO exited: x (exit status 0; expected)"));
    m.feed(Emptied{});
    EXPECT_THAT(m.seen, IsEmpty());
}

TEST(Remains, EarlyExit_IsDecidedWhenTheLeaderExits) {
    Machine m;
    m.starting().after(500ms).feed(Exited{code(0), true});
    EXPECT_EQ(m.data.state, State::Starting);
    m.after(10s).feed(Emptied{});
    EXPECT_THAT(m.seen, ElementsAre("STARTING>BACKOFF tries:1",
                                    "WARN exited: x (exit status 0; not expected)"));
}

TEST(Remains, StartsecsPassingMeanwhile_DoesNotMakeItRun) {
    Machine m;
    m.starting().after(500ms).feed(Exited{code(0), true}).after(2s).feed(DeadlineReached{});
    EXPECT_EQ(m.data.state, State::Starting);
    EXPECT_THAT(m.seen, ElementsAre("KillRemains"));
}

TEST(Remains, WhileStopping_TheStopIsOverWhenTheyAreGone) {
    Machine m;
    m.stopping().feed(Exited{killed_by(15), true});
    EXPECT_THAT(m.seen, ElementsAre("KillRemains"));
    EXPECT_EQ(m.data.state, State::Stopping);
    m.feed(Emptied{});
    EXPECT_THAT(m.seen,
                ElementsAre("STOPPING>STOPPED pid:7", "WARN stopped: x (terminated by SIGTERM)"));
}

TEST(Remains, StopRequest_SignalsNobodyAndEndsInStopped) {
    Machine m;
    m.running().feed(Exited{code(1), true}).feed(StopRequested{});
    EXPECT_THAT(m.seen, ElementsAre("RUNNING>STOPPING pid:7")) << "the pid may be somebody else's";
    m.feed(Emptied{});
    EXPECT_THAT(m.seen, ElementsAre("STOPPING>STOPPED pid:7", "WARN stopped: x (exit status 1)"));
}

TEST(Remains, EmptiedBeforeTheExit_DecidesNothing) {
    Machine m;
    m.running().feed(Emptied{});
    EXPECT_THAT(m.seen, IsEmpty());
    EXPECT_EQ(m.data.state, State::Running);
}

TEST(Unknown, FailureOfTheStopSignal_LosesControl) {
    Machine m;
    m.stopping().feed(SignalFailed{15, "EPERM"});
    EXPECT_THAT(m.seen,
                ElementsAre("CRIT unknown problem killing x (7):EPERM", "STOPPING>UNKNOWN"));
    EXPECT_EQ(m.data.deadline, std::nullopt);
    EXPECT_EQ(m.data.pid, 7);
}

TEST(Unknown, FailureOfAnotherSignal_LosesControlToo) {
    Machine m;
    m.running().feed(SignalFailed{1, "EPERM"});
    EXPECT_THAT(m.seen,
                ElementsAre("CRIT unknown problem sending sig x (7):EPERM", "RUNNING>UNKNOWN"));
}

TEST(Unknown, ExitAfterAFailedStop_IsExitedAndStartsNothing_Defect4) {
    Machine m;
    m.config.autorestart = config::AutoRestart::Always;
    m.stopping().feed(SignalFailed{15, "EPERM"}).feed(Exited{code(0)});
    EXPECT_THAT(m.seen, ElementsAre("UNKNOWN>EXITED expected:1 pid:7",
                                    "INFO exited: x (exit status 0; expected)"));
    EXPECT_FALSE(m.data.stop_wanted);
}

TEST(Unknown, ExitAfterAnotherSignalFailed_IsRestarted) {
    Machine m;
    m.running().feed(SignalFailed{1, "EPERM"}).feed(Exited{code(1)});
    EXPECT_EQ(m.data.state, State::Starting);
}

TEST(Unknown, StopRequest_KeepsItFromBeingRestarted) {
    Machine m;
    m.running().feed(SignalFailed{1, "EPERM"}).feed(StopRequested{}).feed(Exited{code(1)});
    EXPECT_EQ(m.data.state, State::Exited);
}

TEST(Unknown, StartRequest_IsRefusedBecauseTheChildIsThere) {
    Machine m;
    m.running().feed(SignalFailed{1, "EPERM"}).feed(StartRequested{});
    EXPECT_THAT(m.seen, ElementsAre("WARN process 'x' already running"));
    EXPECT_EQ(m.data.state, State::Unknown);
}

}  // namespace
}  // namespace svd::process
