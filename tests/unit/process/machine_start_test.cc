// Rows of the transition table that lead up: STARTING, RUNNING, BACKOFF, FATAL and EXITED.
#include <gmock/gmock.h>

#include "unit/process/support.h"

namespace svd::process {
namespace {

using namespace testing_support;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Starting, StartRequest_SpawnsFromEveryRestingState) {
    for (const State state : {State::Stopped, State::Exited, State::Fatal}) {
        Machine m;
        m.data.state = state;
        m.data.backoff = 3;  // left over from anywhere
        m.data.spawnerr = "old";
        m.data.exit = code(1);
        m.feed(StartRequested{});
        EXPECT_THAT(m.seen,
                    ElementsAre(std::string(state_name(state)) + ">STARTING tries:0", "Spawn"));
        EXPECT_EQ(m.data.state, State::Starting);
        EXPECT_EQ(m.data.run, 1U);
        EXPECT_EQ(m.data.spawnerr, "");
        EXPECT_EQ(m.data.exit, std::nullopt);
        EXPECT_EQ(m.data.laststart, kWall);
        EXPECT_EQ(m.data.deadline, std::nullopt);
    }
}

TEST(Starting, StartRequest_WhileTheDaemonStops_DoesNothing) {
    Machine m;
    m.context.daemon_running = false;
    m.feed(StartRequested{});
    EXPECT_THAT(m.seen, IsEmpty());
    EXPECT_EQ(m.data, Data{});
}

TEST(Starting, StartRequest_WhenRunningAlready_IsOnlyLogged) {
    Machine m;
    m.running();
    const Data before = m.data;
    m.feed(StartRequested{});
    EXPECT_THAT(m.seen, ElementsAre("WARN process 'x' already running"));
    EXPECT_EQ(m.data, before);
}

TEST(Starting, Spawned_LogsThePidAndWaitsForStartsecs) {
    Machine m;
    m.starting();
    EXPECT_THAT(m.seen, ElementsAre("INFO spawned: 'x' with pid 7"));
    EXPECT_EQ(m.data.pid, 7);
    EXPECT_EQ(m.data.deadline, kStart + 1s);
}

TEST(Starting, StartsecsPassed_GoesToRunning) {
    Machine m;
    m.data.backoff = 0;
    m.config.startsecs = 5s;
    m.starting().after(5s).feed(DeadlineReached{});
    EXPECT_THAT(m.seen,
                ElementsAre("STARTING>RUNNING pid:7",
                            "INFO success: x entered RUNNING state, process has stayed up for > "
                            "than 5 seconds (startsecs)"));
    EXPECT_EQ(m.data.deadline, std::nullopt);
}

TEST(Starting, DeadlineBeforeItsTime_IsIgnored) {
    Machine m;
    m.starting().after(999ms).feed(DeadlineReached{});
    EXPECT_EQ(m.data.state, State::Starting);
    EXPECT_THAT(m.seen, IsEmpty());
}

TEST(Starting, StartsecsZero_IsRunningAtOnce) {
    for (const auto startsecs : {0s, -1s}) {
        Machine m;
        m.config.startsecs = startsecs;
        m.starting();
        EXPECT_THAT(m.seen, Contains("STARTING>RUNNING pid:7"));
        EXPECT_THAT(m.seen, Contains("INFO success: x entered RUNNING state, process has stayed "
                                     "up for > than " +
                                     std::to_string(startsecs.count()) + " seconds (startsecs)"));
        EXPECT_EQ(m.data.deadline, std::nullopt);
    }
}

TEST(Starting, HugeStartsecs_DoNotOverflow) {
    Machine m;
    m.config.startsecs = config::Seconds::max();
    m.starting();
    EXPECT_EQ(m.data.state, State::Starting);
    EXPECT_GT(*m.data.deadline, kStart + std::chrono::hours(24 * 365));
}

TEST(Starting, SpawnFailed_GoesToBackoff) {
    Machine m;
    m.feed(StartRequested{}).feed(SpawnFailed{"can't find command 'x'"});
    EXPECT_THAT(m.seen,
                ElementsAre("INFO spawnerr: can't find command 'x'", "STARTING>BACKOFF tries:1"));
    EXPECT_EQ(m.data.spawnerr, "can't find command 'x'");
    EXPECT_EQ(m.data.deadline, kStart + 1s);
    EXPECT_EQ(m.data.pid, 0);
    EXPECT_EQ(m.data.laststop, WallTime{});
}

TEST(Starting, SpawnedWithoutAPid_IsAFailure) {
    Machine m;
    m.feed(StartRequested{}).feed(Spawned{0});
    EXPECT_EQ(m.data.state, State::Backoff);
    EXPECT_EQ(m.data.pid, 0);
}

TEST(Starting, SpawnFailedWithoutAText_StillHasOneToShow) {
    Machine m;
    m.feed(StartRequested{}).feed(SpawnFailed{""});
    EXPECT_EQ(m.data.spawnerr, "unknown error spawning 'x'");
}

TEST(Starting, ExitBeforeStartsecs_GoesToBackoffWhateverTheCode) {
    for (const ExitStatus& status : {code(0), code(1), killed_by(15)}) {
        Machine m;
        m.starting().after(999ms).feed(Exited{status});
        EXPECT_THAT(m.seen, ElementsAre("STARTING>BACKOFF tries:1",
                                        "WARN exited: x (" + describe(status) + "; not expected)"));
        EXPECT_EQ(m.data.spawnerr, "Exited too quickly (process log may have details)");
        EXPECT_EQ(m.data.exit, std::nullopt);
        EXPECT_EQ(m.data.pid, 0);
        EXPECT_EQ(m.data.laststop, at(999ms).wall);
        EXPECT_EQ(m.data.deadline, kStart + 999ms + 1s);
    }
}

TEST(Starting, ExitAfterStartsecsButBeforeTheDeadlineWasSeen_PassesThroughRunning) {
    Machine m;
    m.starting().after(1s).feed(Exited{code(0)});
    EXPECT_THAT(m.seen, ElementsAre("STARTING>RUNNING pid:7", "RUNNING>EXITED expected:1 pid:7",
                                    "INFO exited: x (exit status 0; expected)"));
}

TEST(Starting, ExecFailed_GoesToBackoffWithItsText) {
    Machine m;
    m.starting().after(5s).feed(ExecFailed{"couldn't exec x: ENOEXEC", code(127)});
    EXPECT_THAT(m.seen,
                ElementsAre("INFO spawnerr: couldn't exec x: ENOEXEC", "STARTING>BACKOFF tries:1",
                            "WARN exited: x (exit status 127; not expected)"));
    EXPECT_EQ(m.data.spawnerr, "couldn't exec x: ENOEXEC");
}

TEST(Starting, WallClockJumps_ChangeNoDecision) {
    for (const auto jump : {-100h, 100h}) {
        Machine m;
        m.starting();
        Now now = at(500ms);
        now.wall += jump;
        const Step early = step(m.config, m.data, Exited{code(0)}, now, m.context);
        EXPECT_EQ(early.data.state, State::Backoff);
        EXPECT_EQ(step(m.config, m.data, DeadlineReached{}, now, m.context).data.state,
                  State::Starting);
    }
}

TEST(Backoff, EveryFailureWaitsASecondLonger_AndTheLastOneIsFatal) {
    Machine m;
    m.feed(StartRequested{});
    for (int failure = 1; failure <= 3; ++failure) {
        m.feed(SpawnFailed{"no"});
        ASSERT_EQ(m.data.state, State::Backoff);
        EXPECT_EQ(m.data.backoff, failure);
        EXPECT_EQ(*m.data.deadline, kStart + m.clock + std::chrono::seconds(failure));
        m.after(std::chrono::seconds(failure)).feed(DeadlineReached{});
        EXPECT_THAT(m.seen,
                    ElementsAre("BACKOFF>STARTING tries:" + std::to_string(failure), "Spawn"));
    }
    m.feed(SpawnFailed{"no"});
    EXPECT_THAT(m.seen,
                ElementsAre("INFO spawnerr: no", "STARTING>BACKOFF tries:4", "BACKOFF>FATAL",
                            "INFO gave up: x entered FATAL state, too many start retries "
                            "too quickly"));
    EXPECT_EQ(m.data.run, 4U);
    EXPECT_EQ(m.data.backoff, 0);
    EXPECT_EQ(m.data.deadline, std::nullopt);
    EXPECT_EQ(m.data.spawnerr, "no");
}

TEST(Backoff, EarlyExitWithoutRetries_IsFatalAtTheFirstFailure) {
    Machine m;
    m.config.startretries = 0;
    m.starting().feed(Exited{code(1)});
    EXPECT_THAT(m.seen, ElementsAre("STARTING>BACKOFF tries:1",
                                    "WARN exited: x (exit status 1; not expected)", "BACKOFF>FATAL",
                                    "INFO gave up: x entered FATAL state, too many start retries "
                                    "too quickly"));
    EXPECT_EQ(m.data.spawnerr, "Exited too quickly (process log may have details)");
}

TEST(Backoff, Success_ResetsTheCounter) {
    Machine m;
    m.backoff().after(1s).feed(DeadlineReached{}).feed(Spawned{8});
    EXPECT_EQ(m.data.backoff, 1);
    m.after(1s).feed(DeadlineReached{});
    EXPECT_EQ(m.data.state, State::Running);
    EXPECT_EQ(m.data.backoff, 0);
}

TEST(Backoff, StartRequest_RetriesAtOnceAndCountsFromZero) {
    Machine m;
    m.backoff().feed(StartRequested{});
    EXPECT_THAT(m.seen, ElementsAre("BACKOFF>STARTING tries:0", "Spawn"));
}

TEST(Backoff, StopRequest_GoesToStoppedAndTheNextStartCountsFromZero_Defect18) {
    Machine m;
    m.config.startretries = 1;
    m.backoff().feed(StopRequested{});
    EXPECT_THAT(m.seen, ElementsAre("DEBG Attempted to kill x, which is in BACKOFF state.",
                                    "BACKOFF>STOPPED pid:0"));
    EXPECT_EQ(m.data.deadline, std::nullopt);
    m.feed(StartRequested{}).feed(SpawnFailed{"no"});
    EXPECT_EQ(m.data.state, State::Backoff);
    EXPECT_EQ(m.data.backoff, 1);
}

TEST(Backoff, ShutdownBegun_GoesToFatalWithoutALogLine) {
    Machine m;
    m.backoff();
    m.context.daemon_running = false;
    m.feed(ShutdownBegun{});
    EXPECT_THAT(m.seen, ElementsAre("BACKOFF>FATAL"));
    EXPECT_EQ(m.data.backoff, 0);
    EXPECT_EQ(m.data.deadline, std::nullopt);
}

TEST(Backoff, DeadlineWhileTheDaemonStops_StartsNothingAndIsNotDueAgain) {
    Machine m;
    m.backoff().after(1s);
    m.context.daemon_running = false;
    m.feed(DeadlineReached{});
    EXPECT_THAT(m.seen, IsEmpty());
    EXPECT_EQ(m.data.state, State::Backoff);
    EXPECT_EQ(m.data.deadline, std::nullopt);
}

TEST(Running, ExpectedExit_IsLoggedAsInfoAndNotRestartedByDefault) {
    Machine m;
    m.config.exitcodes = {0, 2};
    m.running().feed(Exited{code(2)});
    EXPECT_THAT(m.seen, ElementsAre("RUNNING>EXITED expected:1 pid:7",
                                    "INFO exited: x (exit status 2; expected)"));
    EXPECT_EQ(m.data.spawnerr, "");
    EXPECT_EQ(m.data.exit, code(2));
    EXPECT_EQ(m.data.pid, 0);
    EXPECT_EQ(m.data.laststop, at(1s).wall);
}

// Three lives of a second each, with room for two restarts.
TEST(Running, RestartLimit_GivesUpWithTheRestartTooMany) {
    Machine m;
    m.config.restart_limit = {2, 10s};
    m.running();
    for (int restarts = 1; restarts <= 2; ++restarts) {
        m.after(1s).feed(Exited{code(1)});
        EXPECT_EQ(m.data.state, State::Starting);
        EXPECT_EQ(m.data.restarts, restarts);
        m.feed(Spawned{7}).after(1s).feed(DeadlineReached{});
    }
    m.after(1s).feed(Exited{code(1)});
    EXPECT_THAT(m.seen, ElementsAre("RUNNING>EXITED expected:0 pid:7",
                                    "WARN exited: x (exit status 1; not expected)", "EXITED>FATAL",
                                    "WARN gave up: x entered FATAL state, restarted 2 times within "
                                    "10 seconds (restart_limit)"));
    EXPECT_EQ(m.data.spawnerr,
              "Restarted 2 times within 10 seconds (restart_limit), process log may have details");
    EXPECT_EQ(m.data.deadline, std::nullopt);
}

TEST(Running, RestartLimit_CountsAnewWhenItsTimeIsOver) {
    Machine m;
    m.config.restart_limit = {1, 10s};
    m.running();
    for (int restarts = 0; restarts < 5; ++restarts) {
        m.after(9s).feed(Exited{code(1)});
        ASSERT_EQ(m.data.state, State::Starting);
        m.feed(Spawned{7}).after(1s).feed(DeadlineReached{});
    }
}

TEST(Running, RestartLimit_IsForgottenByAStartOnRequest) {
    Machine m;
    m.config.restart_limit = {1, 10s};
    m.running().feed(Exited{code(1)}).feed(Spawned{7}).feed(StopRequested{}).feed(Exited{code(1)});
    EXPECT_EQ(m.data.state, State::Stopped);
    m.feed(StartRequested{}).feed(Spawned{7}).after(1s).feed(DeadlineReached{});
    m.feed(Exited{code(1)});
    EXPECT_EQ(m.data.state, State::Starting);
}

TEST(Running, UnexpectedExit_IsAWarningAndRestartedByDefault) {
    Machine m;
    m.running().feed(Exited{code(3)});
    EXPECT_THAT(m.seen, ElementsAre("RUNNING>EXITED expected:0 pid:7",
                                    "WARN exited: x (exit status 3; not expected)",
                                    "EXITED>STARTING tries:0", "Spawn"));
    EXPECT_EQ(m.data.run, 2U);
}

TEST(Running, DeathBySignal_IsBadExitCodeMinusOne) {
    Machine m;
    m.config.autorestart = config::AutoRestart::Never;
    m.running().feed(Exited{killed_by(11, true)});
    EXPECT_THAT(m.seen,
                ElementsAre("RUNNING>EXITED expected:0 pid:7",
                            "WARN exited: x (terminated by SIGSEGV (core dumped); not expected)"));
    EXPECT_EQ(m.data.spawnerr, "Bad exit code -1");
}

TEST(Running, AutorestartAlways_RestartsAfterAnExpectedExitToo) {
    Machine m;
    m.config.autorestart = config::AutoRestart::Always;
    m.running().feed(Exited{code(0)});
    EXPECT_EQ(m.data.state, State::Starting);
    EXPECT_THAT(m.seen, Contains("Spawn"));
}

TEST(Running, AutorestartWhileTheDaemonStops_DoesNotHappen) {
    Machine m;
    m.config.autorestart = config::AutoRestart::Always;
    m.running();
    m.context.daemon_running = false;
    m.feed(Exited{code(1)});
    EXPECT_EQ(m.data.state, State::Exited);
    EXPECT_EQ(m.data.deadline, std::nullopt);
}

TEST(Running, ProgramsThatEndAtOnce_AreRestartedAtOnce) {
    Machine m;
    m.config.startsecs = 0s;
    m.config.autorestart = config::AutoRestart::Always;
    m.running().after(10ms).feed(Exited{code(0)});
    EXPECT_EQ(m.data.state, State::Starting);
    EXPECT_THAT(m.seen, Contains("Spawn"));
}

TEST(Running, ExecFailedAfterStartsecsZero_ExitsWithItsText) {
    Machine m;
    m.config.startsecs = 0s;
    m.config.autorestart = config::AutoRestart::Never;
    m.running().feed(ExecFailed{"couldn't exec x: EACCES", code(127)});
    EXPECT_EQ(m.data.state, State::Exited);
    EXPECT_EQ(m.data.spawnerr, "couldn't exec x: EACCES");
    EXPECT_THAT(m.seen, Contains("WARN exited: x (exit status 127; not expected)"));
}

TEST(Running, EventsOfAnEarlierRun_AreIgnored) {
    Machine m;
    m.running().feed(Exited{code(1)}).feed(Spawned{8});
    ASSERT_EQ(m.data.run, 2U);
    const Data before = m.data;
    for (const Event& stale : {Event{Exited{code(0), false, 1}}, Event{Emptied{1}},
                               Event{ExecFailed{"no", code(127), false, 1}}}) {
        m.feed(stale);
        EXPECT_THAT(m.seen, IsEmpty());
        EXPECT_EQ(m.data, before);
    }
    m.feed(Exited{code(0), false, 2});
    EXPECT_NE(m.data.state, State::Starting);
}

}  // namespace
}  // namespace svd::process
