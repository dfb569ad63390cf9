// What a child may use: given to it before it runs, and changed while it lives.
#include "linux/process_limits.h"

#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/strings.h"
#include "linux/proc_info.h"
#include "linux/spawn_memory.h"
#include "support.h"

namespace svd::os::test {
namespace {

constexpr int kIdle = io_priority_value(3, 0);
constexpr int kBestEffort6 = io_priority_value(2, 6);

std::string oom_score_adj(pid_t pid) {
    const auto text = read_small_file("/proc/" + std::to_string(pid) + "/oom_score_adj");
    return std::string(trim(text.value_or("gone")));
}

long io_priority(pid_t pid) {
    return syscall(SYS_ioprio_get, 1, pid);
}

rlimit limit_of(pid_t pid, __rlimit_resource resource) {
    rlimit value{};
    EXPECT_EQ(prlimit(pid, resource, nullptr, &value), 0);
    return value;
}

class LiveChild {
  public:
    explicit LiveChild(const ProcessLimits& limits) {
        auto pipe = make_pipe().value();
        auto spec = child_spec({"ready-wait"});
        spec.out = pipe.write.get();
        spec.limits = limits;
        auto child = spawn(spec);
        EXPECT_TRUE(child.has_value());
        pipe.write.reset();
        pid_ = child->pid;
        EXPECT_TRUE(wait_ready(pipe.read.get()));
    }
    ~LiveChild() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    LiveChild(const LiveChild&) = delete;
    LiveChild& operator=(const LiveChild&) = delete;
    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    pid_t pid_ = 0;
};

ProcessLimits modest() {
    ProcessLimits limits;
    limits.oom_score_adj = 300;
    limits.nice = 7;
    limits.io_priority = kBestEffort6;
    limits.resources = {
        {RLIMIT_NOFILE, {100, 200}}, {RLIMIT_NOFILE, {50, 150}}, {RLIMIT_CORE, {0, 4096}}};
    return limits;
}

TEST(ProcessLimits, Child_HasThemAndTheDaemonKeepsItsOwn) {
    const std::string own_score = oom_score_adj(getpid());
    const LiveChild child(modest());
    EXPECT_EQ(oom_score_adj(child.pid()), "300");
    EXPECT_EQ(getpriority(PRIO_PROCESS, static_cast<id_t>(child.pid())), 7);
    EXPECT_EQ(io_priority(child.pid()), kBestEffort6);
    EXPECT_EQ(limit_of(child.pid(), RLIMIT_NOFILE).rlim_cur, 50U);
    EXPECT_EQ(limit_of(child.pid(), RLIMIT_NOFILE).rlim_max, 150U);
    EXPECT_EQ(limit_of(child.pid(), RLIMIT_CORE).rlim_max, 4096U);
    EXPECT_EQ(oom_score_adj(getpid()), own_score);
    EXPECT_EQ(getpriority(PRIO_PROCESS, 0), *own_process_limits().nice);
}

TEST(ProcessLimits, OomScore_IsNotSetInBorrowedMemory) {
    SpawnSpec spec = child_spec({"exit", "0"});
    spec.limits.oom_score_adj = 0;
    EXPECT_FALSE(may_borrow_memory(spec));
}

TEST(ProcessLimits, LiveProcess_TakesNewOnes) {
    const LiveChild child(modest());
    ProcessLimits changes;
    changes.oom_score_adj = 400;
    changes.nice = 11;
    changes.io_priority = kIdle;
    changes.resources = {{RLIMIT_NOFILE, {60, 140}}};
    EXPECT_TRUE(set_process_limits(child.pid(), changes).empty());
    EXPECT_EQ(oom_score_adj(child.pid()), "400");
    EXPECT_EQ(getpriority(PRIO_PROCESS, static_cast<id_t>(child.pid())), 11);
    EXPECT_EQ(io_priority(child.pid()), kIdle);
    EXPECT_EQ(limit_of(child.pid(), RLIMIT_NOFILE).rlim_cur, 60U);
    EXPECT_EQ(limit_of(child.pid(), RLIMIT_NOFILE).rlim_max, 140U);
    EXPECT_EQ(limit_of(child.pid(), RLIMIT_CORE).rlim_max, 4096U);
}

TEST(ProcessLimits, WhatTheKernelRefuses_IsToldAndTheRestIsDone) {
    const LiveChild child(modest());
    ProcessLimits changes;
    changes.nice = 12;
    changes.resources = {{RLIMIT_CORE, {2, 1}}, {RLIMIT_NOFILE, {70, 140}}};
    const auto errors = set_process_limits(child.pid(), changes);
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].code, EINVAL);
    EXPECT_EQ(errors[0].text,
              "set RLIMIT_CORE of pid " + std::to_string(child.pid()) + ": Invalid argument");
    EXPECT_EQ(getpriority(PRIO_PROCESS, static_cast<id_t>(child.pid())), 12);
    EXPECT_EQ(limit_of(child.pid(), RLIMIT_NOFILE).rlim_cur, 70U);
}

TEST(ProcessLimits, ProcessThatHasEnded_IsNoError) {
    pid_t pid = 0;
    {
        const LiveChild child({});
        pid = child.pid();
    }
    ProcessLimits limits = modest();
    EXPECT_TRUE(set_process_limits(pid, limits).empty());
}

TEST(ProcessLimits, Own_AreAllThere) {
    const ProcessLimits own = own_process_limits();
    EXPECT_EQ(own.nice, getpriority(PRIO_PROCESS, 0));
    EXPECT_TRUE(own.io_priority.has_value());
    EXPECT_EQ(std::to_string(own.oom_score_adj.value_or(9999)), oom_score_adj(getpid()));
    EXPECT_EQ(own.resources.size(), static_cast<std::size_t>(RLIM_NLIMITS));
}

TEST(ProcessLimits, BetterPriorityThanAUserMayHave_EndsTheChild) {
    const int code = in_own_process([] {
        // The tests themselves may run at a better one.
        if (setpriority(PRIO_PROCESS, 0, 0) != 0) return 5;
        if (getuid() == 0 && !become_nobody()) return 1;
        auto spec = child_spec({"exit", "0"});
        spec.limits.nice = -5;
        const Outcome outcome = run_child(spec);
        if (!outcome.report || outcome.report->exec_stage != SpawnStage::Nice) return 2;
        if (outcome.output !=
            "supervisor: couldn't set nice: EACCES\n"
            "supervisor: child process was not spawned\n")
            return 3;
        spec.limits = {};
        spec.limits.oom_score_adj = -1000;
        const Outcome second = run_child(spec);
        if (!second.report || second.report->exec_stage != SpawnStage::OomScore) return 4;
        return 0;
    });
    EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace svd::os::test
