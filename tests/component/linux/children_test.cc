#include "linux/children.h"

#include <set>

#include <sys/epoll.h>

#include "linux/proc_info.h"
#include "support.h"

namespace svd::os::test {
namespace {

// Exits that are reported, in order.
struct Recorder {
    std::vector<ExitReport> exits;
    ChildTable::ExitHandler handler() {
        return [this](const ExitReport& r) { exits.push_back(r); };
    }
};

pid_t start(Nursery& nursery, const std::vector<std::string>& arguments,
            ChildTable::ExitHandler on_exit) {
    auto child = spawn(child_spec(arguments));
    if (!child) {
        ADD_FAILURE() << child.error().text;
        return 0;
    }
    const pid_t pid = child->pid;
    EXPECT_TRUE(nursery.table->adopt(std::move(*child), std::move(on_exit)).has_value());
    return pid;
}

TEST(Children, ExitCodesAndSignals_AreToldApart) {
    Nursery nursery;
    Recorder recorder;
    start(nursery, {"exit", "3"}, recorder.handler());
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return recorder.exits.size() == 1; }));
    EXPECT_EQ(recorder.exits[0].status, (ExitStatus{.code = 3}));
    start(nursery, {"kill-self", std::to_string(SIGTERM)}, recorder.handler());
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return recorder.exits.size() == 2; }));
    EXPECT_EQ(recorder.exits[1].status.code, std::nullopt);
    EXPECT_EQ(recorder.exits[1].status.signal, SIGTERM);
    EXPECT_FALSE(recorder.exits[1].status.core_dumped);
}

// Of a daemon that is gone. Its parent may reap it at once, some time, or never.
TEST(Children, ForeignOne_IsReportedWithItsStatusWhoeverReapsIt) {
    Nursery nursery;
    Recorder recorder;
    for (const bool reaped_before : {false, true}) {
        recorder.exits.clear();
        auto child = spawn(child_spec({"exit", "7"})).value();
        child.foreign = true;
        const pid_t pid = child.pid;
        siginfo_t info{};
        const int flags = WEXITED | (reaped_before ? 0 : WNOWAIT);
        ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, flags), 0);
        ASSERT_TRUE(nursery.table->adopt(std::move(child), recorder.handler()));
        ASSERT_TRUE(loop_until(nursery.loop, [&] { return recorder.exits.size() == 1; }));
        EXPECT_EQ(recorder.exits[0].pid, pid);
        // How a reaped one ended is known from Linux 6.15 on.
        if (!recorder.exits[0].lost)
            EXPECT_EQ(recorder.exits[0].status, (ExitStatus{.code = 7}));
        else
            EXPECT_TRUE(reaped_before);
        EXPECT_FALSE(nursery.table->contains(pid));
    }
}

pid_t adopt_foreign(Nursery& nursery, Recorder& recorder) {
    auto child = spawn(child_spec({"wait"})).value();
    child.foreign = true;
    const pid_t pid = child.pid;
    EXPECT_TRUE(nursery.table->adopt(std::move(child), recorder.handler()));
    return pid;
}

// Reaped by the table, for nobody else does it any more.
TEST(Children, ForeignOneWhoseParentIsGone_IsReaped) {
    Nursery nursery;
    Recorder recorder;
    const pid_t pid = adopt_foreign(nursery, recorder);
    ASSERT_TRUE(send_signal(*nursery.table, pid, SIGKILL));
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return recorder.exits.size() == 1; }));
    EXPECT_EQ(waitpid(pid, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
}

TEST(Children, ForeignOneThatLives_CanBeSignalled) {
    Nursery nursery;
    Recorder recorder;
    const pid_t pid = adopt_foreign(nursery, recorder);
    nursery.table->collect();
    EXPECT_TRUE(recorder.exits.empty());
    ASSERT_TRUE(send_signal(*nursery.table, pid, SIGKILL));
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return recorder.exits.size() == 1; }));
    EXPECT_EQ(recorder.exits[0].status.signal, SIGKILL);
}

TEST(Children, ReportedOne_HasBeenReaped) {
    Nursery nursery;
    bool gone = false;
    const pid_t pid = start(nursery, {"exit", "0"}, [&](const ExitReport& r) {
        gone = !read_proc_stat(r.pid).has_value();
    });
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return !nursery.table->contains(pid); }));
    EXPECT_TRUE(gone);
}

TEST(Children, HundredExitsAtOnce_AreEachReportedOnce) {
    Nursery nursery;
    std::multiset<pid_t> reported;
    std::set<pid_t> started;
    for (int i = 0; i < 100; ++i)
        started.insert(
            start(nursery, {"wait"}, [&](const ExitReport& r) { reported.insert(r.pid); }));
    // All die while nobody looks, so that the signals fall into one.
    for (const pid_t pid : started) ASSERT_TRUE(send_signal(*nursery.table, pid, SIGKILL));
    for (const pid_t pid : started) {
        siginfo_t info{};
        ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
    }
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return reported.size() == 100; }));
    EXPECT_EQ(std::set<pid_t>(reported.begin(), reported.end()), started);
    EXPECT_TRUE(nursery.strays.empty());
}

TEST(Children, Collect_ReportsADeadChildWithoutATurnOfTheLoop) {
    Nursery nursery;
    Recorder recorder;
    const pid_t pid = start(nursery, {"exit", "0"}, recorder.handler());
    siginfo_t info{};
    ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
    nursery.table->collect();
    EXPECT_EQ(recorder.exits.size(), 1U);
    EXPECT_EQ(nursery.table->size(), 0U);
}

TEST(Children, Output_IsHandledBeforeTheExitOfTheSameChild) {
    for (int i = 0; i < 50; ++i) {
        Nursery nursery;
        auto pipe = make_pipe().value();
        std::string order;
        auto spec = child_spec({"tree", "0"});
        spec.path = "/bin/echo";
        spec.argv = {"echo", "last words"};
        spec.out = pipe.write.get();
        auto child = spawn(spec);
        ASSERT_TRUE(child.has_value());
        pipe.write.reset();
        const pid_t pid = child->pid;
        // Registered in the wrong order on purpose.
        ASSERT_TRUE(
            nursery.table->adopt(std::move(*child), [&](const ExitReport&) { order += 'e'; }));
        Watch output;
        output = Watch::add(nursery.loop, pipe.read.get(), EPOLLIN, Priority::Output,
                            [&](std::uint32_t) {
                                order += 'o';
                                output.reset();
                            })
                     .value();
        siginfo_t info{};
        ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
        ASSERT_TRUE(loop_until(nursery.loop, [&] { return order.size() == 2; }));
        EXPECT_EQ(order, "oe");
    }
}

TEST(Children, Callbacks_MayForgetOthersAndStartNewOnes) {
    Nursery nursery;
    Recorder second;
    pid_t other = start(nursery, {"wait"}, [](const ExitReport&) { FAIL(); });
    start(nursery, {"exit", "0"}, [&](const ExitReport&) {
        ASSERT_TRUE(send_signal(*nursery.table, other, SIGKILL));
        nursery.table->forget(other);
        nursery.table->collect();  // allowed, and without effect
        start(nursery, {"exit", "5"}, second.handler());
    });
    ASSERT_TRUE(loop_until(nursery.loop,
                           [&] { return second.exits.size() == 1 && nursery.strays.size() == 1; }));
    EXPECT_EQ(second.exits[0].status.code, 5);
    EXPECT_EQ(nursery.strays[0].pid, other);
    EXPECT_EQ(nursery.strays[0].status.signal, SIGKILL);
}

TEST(Children, ThrowingCallbacks_DoNotKeepTheZombieOrStopTheLoop) {
    Nursery nursery;
    int complaints = 0;
    nursery.loop.on_exception([&](std::string_view) { ++complaints; });
    const pid_t one =
        start(nursery, {"exit", "0"}, [](const ExitReport&) { throw std::runtime_error("a"); });
    const pid_t two =
        start(nursery, {"exit", "0"}, [](const ExitReport&) { throw std::runtime_error("b"); });
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return complaints == 2; }));
    EXPECT_FALSE(read_proc_stat(one).has_value());
    EXPECT_FALSE(read_proc_stat(two).has_value());
    Recorder after;
    start(nursery, {"exit", "0"}, after.handler());
    EXPECT_TRUE(loop_until(nursery.loop, [&] { return after.exits.size() == 1; }));
}

TEST(Children, OrphanOfAChild_IsReapedAndReportedAsAStray) {
    Nursery nursery;
    Recorder recorder;
    auto pipe = make_pipe().value();
    auto spec = child_spec({"tree-exit", "1"});
    spec.out = pipe.write.get();
    auto child = spawn(spec);
    ASSERT_TRUE(child.has_value());
    ASSERT_TRUE(nursery.table->adopt(std::move(*child), recorder.handler()));
    ASSERT_TRUE(wait_ready(pipe.read.get()));
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return recorder.exits.size() == 1; }));
    // The process in the middle is a stray too; the other one that is left is the orphan.
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return nursery.strays.size() == 1; }));
    pid_t orphan = 0;
    const auto all = read_all_processes().value();
    for (const ProcStat& process : all)
        if (process.parent == getpid()) orphan = process.pid;
    ASSERT_GT(orphan, 0);
    kill(orphan, SIGKILL);
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return nursery.strays.size() == 2; }));
    const StrayReport& stray = nursery.strays.back();
    EXPECT_EQ(stray.pid, orphan);
    EXPECT_EQ(stray.status.signal, SIGKILL);
    EXPECT_EQ(stray.name, "linux_test_chil");
    EXPECT_EQ(stray.session, orphan);
}

TEST(Children, ReapedBySomebodyElse_IsReportedAsLost) {
    Nursery nursery;
    Recorder recorder;
    const pid_t pid = start(nursery, {"exit", "0"}, recorder.handler());
    ASSERT_EQ(waitpid(pid, nullptr, 0), pid);
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return recorder.exits.size() == 1; }));
    EXPECT_TRUE(recorder.exits[0].lost);
}

TEST(Children, ChildWithoutPidfd_IsTakenUpByItsNumber) {
    Nursery nursery;
    Recorder recorder;
    auto child = spawn(child_spec({"wait"}));
    ASSERT_TRUE(child.has_value());
    Child bare;
    bare.pid = child->pid;
    ASSERT_TRUE(nursery.table->adopt(std::move(bare), recorder.handler()));
    ASSERT_TRUE(send_signal(*nursery.table, child->pid, SIGTERM));
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return recorder.exits.size() == 1; }));
    EXPECT_EQ(recorder.exits[0].status.signal, SIGTERM);
    EXPECT_EQ(send_signal(*nursery.table, child->pid, SIGTERM).error().code, ESRCH);
    EXPECT_EQ(send_signal_to_group(*nursery.table, child->pid, SIGTERM).error().code, ESRCH);
}

TEST(Children, IdleTable_CausesNoWakeUp) {
    Nursery nursery;
    start(nursery, {"wait"}, {});
    while (nursery.loop.turn(std::chrono::milliseconds(5)).value()) {
    }
    const auto before = nursery.loop.wakeups();
    EXPECT_FALSE(nursery.loop.turn(std::chrono::milliseconds(100)).value());
    EXPECT_EQ(nursery.loop.wakeups(), before + 1);  // the end of the wait itself
    const auto all = read_all_processes().value();
    for (const ProcStat& process : all)
        if (process.parent == getpid()) kill(process.pid, SIGKILL);
    EXPECT_TRUE(loop_until(nursery.loop, [&] { return nursery.table->size() == 0; }));
}

}  // namespace
}  // namespace svd::os::test
