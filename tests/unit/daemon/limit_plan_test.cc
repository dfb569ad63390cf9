#include "daemon/limit_plan.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace svd::daemon {
namespace {

using Settings = std::vector<os::CgroupSetting>;

TEST(LimitPlan, NothingSet_WritesNothing) {
    EXPECT_TRUE(cgroup_settings({}).empty());
    const os::ProcessLimits limits = process_limits({});
    EXPECT_FALSE(limits.nice || limits.io_priority || limits.oom_score_adj);
    EXPECT_TRUE(limits.resources.empty());
}

TEST(LimitPlan, EveryCgroupLimit_IsAFileAndItsText) {
    config::Limits limits;
    limits.memory_high = 1024;
    limits.memory_max = config::kUnlimited;
    limits.memory_swap_max = 0;
    limits.oom_group = true;
    limits.cpu_weight = 200;
    limits.cpu_max = config::CpuQuota{150'000, 100'000};
    limits.allowed_cpus = "0-3,6";
    limits.io_weight = 50;
    limits.pids_max = 64;
    limits.nice = 5;
    EXPECT_EQ(cgroup_settings(limits), (Settings{{"memory.high", "1024"},
                                                 {"memory.max", "max"},
                                                 {"memory.swap.max", "0"},
                                                 {"memory.oom.group", "1"},
                                                 {"cpu.weight", "200"},
                                                 {"cpu.max", "150000 100000"},
                                                 {"cpuset.cpus", "0-3,6"},
                                                 {"io.weight", "50"},
                                                 {"pids.max", "64"}}));
    limits = {};
    limits.oom_group = false;
    limits.cpu_max = config::CpuQuota{};
    EXPECT_EQ(cgroup_settings(limits),
              (Settings{{"memory.oom.group", "0"}, {"cpu.max", "max 100000"}}));
}

// Every file that is ever written has a default to go back to; cpuset.cpus is back when empty.
TEST(LimitPlan, EveryFile_HasADefault) {
    config::Limits all;
    all.memory_high = all.memory_max = all.memory_swap_max = all.pids_max = 5;
    all.oom_group = true;
    all.cpu_weight = all.io_weight = 5;
    all.cpu_max = config::CpuQuota{};
    all.allowed_cpus = "0";
    for (const auto& setting : cgroup_settings(all))
        EXPECT_EQ(os::default_setting(setting.file).empty(), setting.file == "cpuset.cpus")
            << setting.file;
}

TEST(LimitPlan, ProcessLimits_AreTheKernelsNumbers) {
    config::Limits limits;
    limits.oom_score_adj = -5;
    limits.nice = 3;
    limits.ionice = config::IoPriority{config::IoClass::Realtime, 2};
    limits.rlimits = {{config::Resource::Nofile, 10, config::kUnlimited}};
    const os::ProcessLimits made = process_limits(limits);
    EXPECT_EQ(made.oom_score_adj, -5);
    EXPECT_EQ(made.nice, 3);
    EXPECT_EQ(made.io_priority, (1 << 13) + 2);
    ASSERT_EQ(made.resources.size(), 1U);
    EXPECT_EQ(made.resources[0].resource, RLIMIT_NOFILE);
    EXPECT_EQ(made.resources[0].value.rlim_cur, 10U);
    EXPECT_EQ(made.resources[0].value.rlim_max, RLIM_INFINITY);
    limits.ionice = config::IoPriority{config::IoClass::Idle, 0};
    EXPECT_EQ(process_limits(limits).io_priority, 3 << 13);
}

TEST(LimitPlan, Changes_AreOnlyWhatDiffersAndWhatIsGoneIsInherited) {
    os::ProcessLimits inherited;
    inherited.nice = 1;
    inherited.oom_score_adj = 2;
    inherited.io_priority = 0;
    inherited.resources = {{RLIMIT_CORE, {7, 8}}, {RLIMIT_NOFILE, {9, 10}}};
    config::Limits before;
    before.nice = 5;
    before.oom_score_adj = 100;
    before.ionice = config::IoPriority{};
    before.rlimits = {{config::Resource::Nofile, 20, 20}, {config::Resource::Cpu, 30, 30}};
    config::Limits after;
    after.nice = 6;
    after.oom_score_adj = 100;
    after.rlimits = {{config::Resource::Cpu, 30, 30}, {config::Resource::Core, 40, 40}};
    const os::ProcessLimits changes = process_limit_changes(before, after, inherited);
    EXPECT_EQ(changes.nice, 6);
    EXPECT_EQ(changes.io_priority, 0);
    EXPECT_FALSE(changes.oom_score_adj.has_value());
    ASSERT_EQ(changes.resources.size(), 2U);
    EXPECT_EQ(changes.resources[0].resource, RLIMIT_NOFILE);
    EXPECT_EQ(changes.resources[0].value.rlim_cur, 9U);
    EXPECT_EQ(changes.resources[1].resource, RLIMIT_CORE);
    EXPECT_EQ(changes.resources[1].value.rlim_cur, 40U);
    EXPECT_EQ(process_limit_changes(after, {}, inherited).nice, 1);
}

TEST(LimitPlan, NeededControllers_AreThoseOfEveryLimitAndOfTheDaemon) {
    config::Config config;
    EXPECT_TRUE(needed_controllers(config).empty());
    config.daemon.required_controllers = {"io"};
    config::ProcessConfig process;
    process.limits.edit().memory_max = 5;
    process.limits.edit().memory_restart = 4;
    process.limits.edit().nice = 5;
    config::GroupConfig group;
    group.limits.edit().memory_high = 4;
    group.limits.edit().cpu_weight = 3;
    group.processes = {std::make_shared<const config::ProcessConfig>(process),
                       std::make_shared<const config::ProcessConfig>(process)};
    config.groups = {group};
    EXPECT_EQ(needed_controllers(config),
              (ControllerNeeds{{"cpu", {"cpu_weight"}},
                               {"io", {}},
                               {"memory", {"memory_high", "memory_max", "memory_restart"}}}));
}

TEST(LimitPlan, MissingController_IsToldWithWhatNeedsIt) {
    const ControllerNeeds needs = {{"io", {}}, {"memory", {"memory_high", "memory_max"}}};
    EXPECT_EQ(describe_missing("memory", needs),
              "cgroup controller 'memory' is missing; without effect: memory_high, memory_max");
    const ControllerNeeds both = {{"memory", {"memory_max", "memory_restart"}}};
    EXPECT_EQ(describe_missing("memory", both),
              "cgroup controller 'memory' is missing; without effect: memory_max; memory_restart "
              "looks every 5 seconds instead");
    const ControllerNeeds restart = {{"memory", {"memory_restart"}}};
    EXPECT_EQ(
        describe_missing("memory", restart),
        "cgroup controller 'memory' is missing; memory_restart looks every 5 seconds instead");
    EXPECT_EQ(describe_missing("io", needs), "cgroup controller 'io' is missing");
}

}  // namespace
}  // namespace svd::daemon
