// What programs tell of themselves: ready, longer waits, another leader, the end, silence.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "process/why.h"
#include "unit/process/support.h"

namespace svd::process {
namespace {

using namespace testing_support;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct ReadyMachine : Machine {
    ReadyMachine() { config.readiness.edit().by = config::ReadyBy::Notify; }
};

TEST(Ready, BeforeStartsecs_WaitsForThem) {
    ReadyMachine m;
    m.starting().after(300ms).feed(Ready{});
    EXPECT_EQ(m.data.state, State::Starting);
    m.after(700ms).feed(DeadlineReached{});
    EXPECT_EQ(m.data.state, State::Running);
    EXPECT_THAT(m.seen, ElementsAre("STARTING>RUNNING pid:7",
                                    "INFO success: x entered RUNNING state, process has told "
                                    "that it is ready"));
}

TEST(Ready, AfterStartsecs_IsRunningAtOnce) {
    ReadyMachine m;
    m.starting().after(30s).feed(Ready{});
    EXPECT_EQ(m.data.state, State::Running);
    EXPECT_EQ(m.data.deadline, std::nullopt);
}

TEST(Ready, WithoutTheOption_MeansNothing) {
    Machine m;
    m.starting().after(300ms).feed(Ready{});
    EXPECT_THAT(m.seen, IsEmpty());
    EXPECT_FALSE(m.data.ready);
}

TEST(Ready, OfAnEarlierRun_IsStale) {
    ReadyMachine m;
    m.starting().after(2s).feed(Ready{m.data.run - 1 == 0 ? 99 : m.data.run - 1});
    EXPECT_EQ(m.data.state, State::Starting);
}

TEST(Ready, NotInTime_IsAFailedStartWithItsRetries) {
    ReadyMachine m;
    m.config.startretries = 1;
    m.starting().after(90s).feed(DeadlineReached{});
    EXPECT_EQ(m.data.state, State::Starting);
    EXPECT_THAT(m.seen, Contains("Signal 15"));
    m.after(1s).feed(Ready{});
    EXPECT_EQ(m.data.state, State::Starting) << "too late";
    m.feed(Exited{code(0)});
    EXPECT_EQ(m.data.state, State::Backoff);
    EXPECT_EQ(m.data.spawnerr, "Not ready within 90 seconds (ready_timeout)");
    m.after(1s).feed(DeadlineReached{}).feed(Spawned{8});
    EXPECT_EQ(m.data.doom, Doom::None);
    m.after(90s).feed(DeadlineReached{}).feed(Exited{code(0)});
    EXPECT_EQ(m.data.state, State::Fatal);
}

TEST(Ready, ProgramThatIgnoresTheStopAfterItsTimeout_IsKilled) {
    ReadyMachine m;
    m.starting().after(90s).feed(DeadlineReached{}).after(10s).feed(DeadlineReached{});
    EXPECT_THAT(m.seen, Contains("KillAll"));
    m.feed(Exited{killed_by(9)});
    EXPECT_EQ(m.data.state, State::Backoff);
}

TEST(Ready, ExitBefore_IsAFailedStartHoweverLateAndWithWhateverCode) {
    ReadyMachine m;
    m.starting().after(60s).feed(Exited{code(0)});
    EXPECT_EQ(m.data.state, State::Backoff);
    EXPECT_EQ(m.data.spawnerr, "Exited before it was ready (process log may have details)");
}

TEST(Ready, StopWhileItIsAwaited_IsAStop) {
    ReadyMachine m;
    m.starting().after(60s).feed(StopRequested{});
    EXPECT_EQ(m.data.state, State::Stopping);
    m.feed(Ready{}).feed(Exited{killed_by(15)});
    EXPECT_EQ(m.data.state, State::Stopped);
}

TEST(TimeExtended, Deadline_OnlyEverBecomesLater) {
    ReadyMachine m;
    m.starting().after(80s).feed(TimeExtended{5s});
    EXPECT_EQ(m.data.deadline, kStart + 90s);
    m.feed(TimeExtended{20s});
    EXPECT_EQ(m.data.deadline, kStart + 100s);
    m.feed(TimeExtended{Duration::max()});
    EXPECT_GT(*m.data.deadline, kStart + 24h);
}

TEST(TimeExtended, Stop_MayTakeLongerUntilItIsKilled) {
    Machine m;
    m.stopping().after(9s).feed(TimeExtended{30s});
    EXPECT_EQ(*m.data.deadline, kStart + m.clock + 30s);
    m.after(30s).feed(DeadlineReached{});
    const auto killed = m.data.deadline;
    m.feed(TimeExtended{1h});
    EXPECT_EQ(m.data.deadline, killed);
}

TEST(TimeExtended, Startsecs_AreNoTimeout) {
    Machine m;
    m.starting().feed(TimeExtended{1h});
    EXPECT_EQ(m.data.deadline, kStart + 1s);
}

TEST(LeaderNamed, ItsPid_IsShownAndGoesOn) {
    Machine m;
    m.running().feed(LeaderNamed{8});
    EXPECT_EQ(m.data.pid, 8);
    m.feed(StopRequested{});
    EXPECT_THAT(m.seen, Contains("RUNNING>STOPPING pid:8"));
    m.feed(Exited{code(0)}).feed(StartRequested{}).feed(Spawned{9});
    EXPECT_FALSE(m.data.new_leader);
}

TEST(EndAnnounced, End_IsJudgedByItsStatus) {
    for (const int status : {0, 1}) {
        Machine m;
        m.running().after(1min).feed(EndAnnounced{});
        EXPECT_EQ(m.data.state, State::Running);
        m.after(1s).feed(Exited{code(status)});
        EXPECT_EQ(m.data.state, status == 0 ? State::Exited : State::Starting);
    }
}

TEST(EndAnnounced, EndThatDoesNotCome_IsMadeToCome) {
    Machine m;
    m.running().feed(EndAnnounced{}).after(10s).feed(DeadlineReached{});
    EXPECT_THAT(m.seen, Contains("KillAll"));
}

TEST(Silent, Program_IsKilledAndStartedAgainWhateverItsCode) {
    Machine m;
    m.config.exitcodes = {0, 1};
    m.running().after(1min).feed(Silent{});
    EXPECT_THAT(m.seen, Contains("Signal 6"));
    m.feed(Silent{});
    EXPECT_THAT(m.seen, IsEmpty());
    m.feed(Exited{code(0)});
    EXPECT_THAT(m.seen, Contains("RUNNING>EXITED expected:0 pid:7"));
    EXPECT_EQ(m.data.state, State::Starting);
}

TEST(Silent, ProgramThatSurvivesTheSignal_IsKilled) {
    Machine m;
    m.running().feed(Silent{}).after(10s).feed(DeadlineReached{});
    EXPECT_THAT(m.seen, Contains("KillAll"));
    EXPECT_EQ(m.data.state, State::Running);
}

TEST(Silent, StopMeanwhile_IsAStop) {
    Machine m;
    m.running().feed(Silent{}).feed(StopRequested{}).feed(Exited{killed_by(6)});
    EXPECT_EQ(m.data.state, State::Stopped);
}

TEST(Why, Doom_IsTold) {
    ReadyMachine m;
    const auto words = [&](ExitStatus status) {
        End end;
        end.status = status;
        const auto death = make_death(m.config, m.data, DaemonState::Running, end, at(m.clock));
        return fmt::format("{}: {}", end_kind_name(death.kind), end_text(death, m.config));
    };
    m.starting().after(60s);
    EXPECT_EQ(words(code(0)), "failed: exit code 0, before it was ready");
    m.after(30s).feed(DeadlineReached{});
    EXPECT_EQ(words(killed_by(15)), "not ready: not ready within ready_timeout=90, SIGTERM");
    m = {};
    m.running().after(1min).feed(Silent{});
    EXPECT_EQ(words(killed_by(6, true)), "watchdog: watchdog missed, SIGABRT, core dumped");
    m = {};
    m.running().after(1min).feed(EndAnnounced{}).after(10s).feed(DeadlineReached{});
    EXPECT_EQ(words(killed_by(9)),
              "killed: told that it is stopping, SIGKILL because it had not ended within "
              "stopwaitsecs=10");
}

}  // namespace
}  // namespace svd::process
