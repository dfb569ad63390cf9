// What is remembered of the ends of a process, and in which words.
#include "process/deaths.h"

#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "process/why.h"
#include "unit/process/support.h"

namespace svd::process {
namespace {

using namespace testing_support;

constexpr std::uint64_t kMega = 1 << 20;

struct Deaths : testing::Test {
    Deaths() { ::setenv("TZ", "UTC0", 1); }

    Death die(End end, DaemonState daemon = DaemonState::Running) {
        return make_death(machine.config, machine.data, daemon, std::move(end), at(machine.clock));
    }
    Death die_by(ExitStatus status) {
        End end;
        end.status = status;
        return die(std::move(end));
    }
    std::string words(const Death& death) { return end_text(death, machine.config); }
    std::string why(const DeathLog* log = nullptr) {
        return reason(machine.config, machine.data, log, at(machine.clock));
    }

    Machine machine;
};

TEST_F(Deaths, ExpectedCode_IsAnExit) {
    machine.running().after(1min);
    const auto death = die_by(code(0));
    EXPECT_EQ(death.kind, EndKind::Exited);
    EXPECT_TRUE(death.expected);
    EXPECT_EQ(death.pid, 7);
    EXPECT_EQ(words(death), "exit code 0");
}

TEST_F(Deaths, OtherCode_IsAFailure) {
    machine.running().after(1min);
    const auto death = die_by(code(3));
    EXPECT_EQ(death.kind, EndKind::Failed);
    EXPECT_EQ(words(death), "exit code 3, not expected");
}

TEST_F(Deaths, ExpectedCodeBeforeStartsecs_IsAFailure) {
    machine.starting().after(300ms);
    const auto death = die_by(code(0));
    EXPECT_EQ(death.kind, EndKind::Failed);
    EXPECT_FALSE(death.expected);
    EXPECT_EQ(words(death), "exit code 0, before startsecs=1 had passed");
}

TEST_F(Deaths, OwnFault_NamesTheSignalAndTheCore) {
    machine.running();
    const auto death = die_by(killed_by(11, true));
    EXPECT_EQ(death.kind, EndKind::Signal);
    EXPECT_EQ(words(death), "SIGSEGV, core dumped");
}

TEST_F(Deaths, SigkillWithoutAMemoryController_SaysWhatCannotBeTold) {
    machine.running();
    const auto death = die_by(killed_by(9));
    EXPECT_EQ(death.kind, EndKind::Signal);
    EXPECT_EQ(
        words(death),
        "SIGKILL from outside svd (an OOM kill cannot be told without the memory controller)");
}

TEST_F(Deaths, SigkillWithAMemoryControllerAndNoOomKill_IsFromOutside) {
    machine.running();
    End end;
    end.status = killed_by(9);
    end.memory.known = true;
    EXPECT_EQ(words(die(end)), "SIGKILL from outside svd, no OOM kill");
}

TEST_F(Deaths, OomKill_ShowsTheFigures) {
    machine.running();
    End end;
    end.status = killed_by(9);
    end.memory = {true, 1, 600 * kMega, false, 612 * kMega};
    const auto death = die(end);
    EXPECT_EQ(death.kind, EndKind::OomKill);
    EXPECT_EQ(words(death), "OOM-killed at 612M of 600M");
    end.memory.limit_from_above = true;
    EXPECT_EQ(words(die(end)), "OOM-killed at 612M of 600M, the limit of a cgroup above it");
    end.memory.limit.reset();
    EXPECT_EQ(words(die(end)),
              "OOM-killed at 612M, without a limit of its own: the machine had no memory left");
}

TEST_F(Deaths, OomKillOfAnotherThanTheLeader_IsMentioned) {
    machine.running();
    End end;
    end.status = code(1);
    end.memory = {true, 2, 600 * kMega, false, 600 * kMega};
    const auto death = die(end);
    EXPECT_EQ(death.kind, EndKind::Failed);
    EXPECT_EQ(words(death), "exit code 1, not expected, 2 of its processes OOM-killed");
}

TEST_F(Deaths, SignalOnRequest_IsNoMystery) {
    machine.running();
    End end;
    end.status = killed_by(9);
    end.signal_on_request = 9;
    EXPECT_EQ(words(die(end)), "SIGKILL, sent on request");
    end.status = killed_by(15);
    EXPECT_EQ(words(die(end)), "SIGTERM, not sent by svd");
}

TEST_F(Deaths, Stop_IsToldFromAShutdown) {
    machine.stopping();
    const auto death = die_by(killed_by(15));
    EXPECT_EQ(death.kind, EndKind::Stopped);
    EXPECT_EQ(death.asked, Asked::Request);
    EXPECT_EQ(words(death), "stopped by request, SIGTERM");
    End end;
    end.status = code(0);
    EXPECT_EQ(words(die(end, DaemonState::Shutdown)), "stopped because svd ends, exit code 0");
}

TEST_F(Deaths, StopThatWasNotObeyed_IsAKill) {
    machine.stopping().after(10s).feed(DeadlineReached{});
    const auto death = die_by(killed_by(9));
    EXPECT_EQ(death.kind, EndKind::Killed);
    EXPECT_EQ(words(death),
              "stopped by request, SIGKILL because it had not ended within stopwaitsecs=10");
}

TEST_F(Deaths, ProgramThatWasNeverExecuted_HasStageAndErrno) {
    machine.starting();
    End end;
    end.status = code(127);
    end.exec_failure = "couldn't exec /x/y: ENOENT";
    end.stage = "exec";
    end.error = 2;
    const auto death = die(end);
    EXPECT_EQ(death.kind, EndKind::NotStarted);
    EXPECT_FALSE(death.expected);
    EXPECT_EQ(words(death), "exec failed: couldn't exec /x/y: ENOENT (No such file or directory)");
}

TEST_F(Deaths, StartWithoutAProcess_HasNoPid) {
    const auto death = make_start_failure("can't find command '/x/y'", "lookup", at(0s));
    EXPECT_EQ(death.kind, EndKind::NotStarted);
    EXPECT_EQ(words(death), "could not be started: can't find command '/x/y'");
    EXPECT_EQ(end_sentence(death, machine.config),
              "could not be started: can't find command '/x/y', at 2023-11-14 22:13:20");
}

TEST_F(Deaths, Leftovers_AreCounted) {
    machine.running();
    End end;
    end.status = code(0);
    end.left_behind = 1;
    EXPECT_EQ(words(die(end)), "exit code 0, left 1 process behind, which svd killed");
    machine.config.keep_descendants = true;
    end.left_behind = 2;
    EXPECT_EQ(words(die(end)), "exit code 0, left 2 processes behind");
}

TEST_F(Deaths, UnseenEnd_IsNotMadeUp) {
    machine.running();
    End end;
    end.status = code(255);
    end.unseen = true;
    const auto death = die(end);
    EXPECT_EQ(death.kind, EndKind::Unseen);
    EXPECT_EQ(words(death), "ended, and nobody saw how");
}

TEST_F(Deaths, RestartForMemory_IsAKindOfItsOwnWithItsFigures) {
    machine.stopping();
    End end;
    end.status = code(0);
    end.breach = {612 * kMega, 600 * kMega};
    auto death = die(end);
    EXPECT_EQ(death.kind, EndKind::Memory);
    EXPECT_EQ(death.asked, Asked::Memory);
    EXPECT_EQ(words(death), "restarted: memory 612M over memory_restart=600M, exit code 0");
    machine.data.killed = true;
    end.status = killed_by(9);
    death = die(end);
    EXPECT_EQ(death.kind, EndKind::Killed);
    EXPECT_EQ(words(death),
              "restarted: memory 612M over memory_restart=600M, SIGKILL because it had "
              "not ended within stopwaitsecs=10");
}

TEST_F(Deaths, EndByItselfBeforeTheStopForMemory_IsNone) {
    machine.running().after(1min);
    End end;
    end.status = code(3);
    end.breach = {612 * kMega, 600 * kMega};
    EXPECT_EQ(die(end).kind, EndKind::Failed);
    EXPECT_FALSE(die(end).breach);
}

// --- the history ---------------------------------------------------------------------------------

TEST_F(Deaths, History_KeepsTheLastTenAndCountsAll) {
    DeathLog log;
    for (int i = 0; i < 25; ++i) {
        machine.data.pid = 100 + i;
        log.add(die_by(code(3)), {fmt::format("out {}", i), ""});
    }
    ASSERT_EQ(log.deaths.size(), DeathLog::kKept);
    EXPECT_EQ(log.deaths.front().pid, 115);
    EXPECT_EQ(log.last()->pid, 124);
    EXPECT_EQ(log.count(EndKind::Failed).total, 25U);
    EXPECT_EQ(log.count(EndKind::Exited).total, 0U);
    EXPECT_EQ(log.output.out, "out 24");
}

TEST_F(Deaths, EndsOfOneKind_AreNumberedWithinTheirDay) {
    DeathLog log;
    machine.running();
    log.add(die_by(killed_by(11)), {});
    log.add(die_by(code(3)), {});
    log.add(die_by(killed_by(11)), {});
    EXPECT_EQ(log.last()->nth_today, 2U);
    EXPECT_NE(end_sentence(*log.last(), machine.config).find(", 2nd time that day"),
              std::string::npos);
    machine.after(24h);
    log.add(die_by(killed_by(11)), {});
    EXPECT_EQ(log.last()->nth_today, 1U);
    EXPECT_EQ(log.count(EndKind::Signal).total, 3U);
    EXPECT_EQ(log.count(EndKind::Signal).today, 1U);
}

TEST(Since, CountersOfAnotherCgroup_BeginAtZero) {
    const Counters before{1, 100, 60, 40, 10, 20, 500, 3};
    const Counters same{1, 150, 90, 60, 10, 25, 500, 4};
    EXPECT_EQ(since(same, before), (Counters{1, 50, 30, 20, 0, 5, 0, 1}));
    const Counters other{2, 50, 30, 20, 0, 5, 400, 1};
    EXPECT_EQ(since(other, before), other);
}

TEST(Since, PeakThatGrew_WasReachedInThisRun) {
    EXPECT_EQ(
        since({.cgroup = 1, .memory_peak = 600}, {.cgroup = 1, .memory_peak = 500}).memory_peak,
        600U);
}

// --- reasons -------------------------------------------------------------------------------------

TEST_F(Deaths, FreshProcess_WasNeverStarted) {
    EXPECT_EQ(why(), "never started");
}

TEST_F(Deaths, RunningProcess_SaysSinceWhenAndHowTheRunBeforeEnded) {
    machine.running().after(1min);
    EXPECT_EQ(why(),
              "running since 2023-11-14 22:13:20 (1 min 1 s), pid 7; "
              "it has not ended before");
    DeathLog log;
    log.add(die_by(code(3)), {});
    EXPECT_EQ(why(&log),
              "running since 2023-11-14 22:13:20 (1 min 1 s), pid 7; the run before: "
              "exit code 3, not expected, after 1 min 1 s, at 2023-11-14 22:14:21");
}

TEST_F(Deaths, Backoff_SaysWhichTryFailedAndWhenTheNextComes) {
    DeathLog log;
    machine.starting().after(500ms);
    log.add(die_by(code(1)), {});
    machine.feed(Exited{code(1)});
    EXPECT_EQ(machine.data.state, State::Backoff);
    EXPECT_EQ(why(&log),
              "exit code 1, before startsecs=1 had passed, after 0.50 s, at "
              "2023-11-14 22:13:20; start 1 of 4 failed, the next one comes in 1.0 s");
}

TEST_F(Deaths, Fatal_SaysWhatTheLastTryDiedOf) {
    DeathLog log;
    machine.config.startretries = 0;
    machine.starting();
    log.add(die_by(code(1)), {});
    machine.feed(Exited{code(1)});
    EXPECT_EQ(machine.data.state, State::Fatal);
    EXPECT_EQ(why(&log),
              "exit code 1, before startsecs=1 had passed, after 0.00 s, at "
              "2023-11-14 22:13:20; given up after startretries=0");
}

TEST_F(Deaths, FatalByRestartLimit_SaysSo) {
    DeathLog log;
    machine.config.restart_limit = config::RestartLimit{0, 60s};
    machine.running();
    log.add(die_by(code(3)), {});
    machine.feed(Exited{code(3)});
    EXPECT_EQ(machine.data.state, State::Fatal);
    EXPECT_TRUE(why(&log).ends_with("; given up: " + machine.data.spawnerr)) << why(&log);
}

TEST_F(Deaths, StopBetweenTwoStarts_IsToldFromAStop) {
    DeathLog log;
    machine.starting();
    log.add(die_by(code(1)), {});
    machine.feed(Exited{code(1)}).feed(StopRequested{});
    EXPECT_EQ(machine.data.state, State::Stopped);
    EXPECT_TRUE(why(&log).starts_with("stopped by request between two starts; before that: exit "))
        << why(&log);
}

TEST_F(Deaths, Stopping_NamesTheSignal) {
    machine.stopping();
    EXPECT_EQ(why(), "stopping, SIGTERM was sent to pid 7");
    machine.after(10s).feed(DeadlineReached{});
    EXPECT_EQ(why(), "stopping, SIGKILL was sent to pid 7");
}

TEST_F(Deaths, LeaderThatIsGone_IsNotSaidToRun) {
    DeathLog log;
    machine.running();
    log.add(die_by(code(0)), {});
    machine.feed(Exited{code(0), true});
    EXPECT_EQ(machine.data.state, State::Running);
    EXPECT_TRUE(why(&log).ends_with("; what it has left behind is being killed")) << why(&log);
}

// --- restarts ------------------------------------------------------------------------------------

TEST_F(Deaths, Restarts_AreStartsThatNobodyAskedFor) {
    machine.running();
    EXPECT_EQ(machine.data.restarts_total, 0U);
    machine.after(1min).feed(Exited{code(3)});
    EXPECT_EQ(machine.data.state, State::Starting);
    EXPECT_EQ(machine.data.restarts_total, 1U);
    machine.feed(Spawned{8}).feed(Exited{code(3)});
    EXPECT_EQ(machine.data.state, State::Backoff);
    machine.after(2s).feed(DeadlineReached{});
    EXPECT_EQ(machine.data.restarts_total, 2U);
    machine.feed(SpawnFailed{"no luck"}).feed(StartRequested{});
    EXPECT_EQ(machine.data.state, State::Starting);
    EXPECT_EQ(machine.data.restarts_total, 2U);
}

}  // namespace
}  // namespace svd::process
