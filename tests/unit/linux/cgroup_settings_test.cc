#include "linux/cgroup_settings.h"

#include <gtest/gtest.h>

namespace svd::os {
namespace {

using Settings = std::vector<CgroupSetting>;

TEST(CgroupSettings, Files_NameTheirController) {
    EXPECT_EQ(controller_of("memory.swap.max"), "memory");
    EXPECT_EQ(controller_of("cpuset.cpus"), "cpuset");
    EXPECT_EQ(controller_of("pids.max"), "pids");
}

TEST(CgroupSettings, Changes_AreWhatIsNewAndDefaultsForWhatIsGone) {
    const Settings before = {{"memory.max", "5"}, {"cpu.weight", "7"}, {"cpuset.cpus", "0"}};
    EXPECT_EQ(setting_changes({}, before), before);
    EXPECT_EQ(setting_changes(before, before), Settings{});
    EXPECT_EQ(setting_changes(before, {{"memory.max", "6"}, {"cpu.weight", "7"}}),
              (Settings{{"cpuset.cpus", ""}, {"memory.max", "6"}}));
    EXPECT_EQ(setting_changes(before, {}),
              (Settings{{"memory.max", "max"}, {"cpu.weight", "100"}, {"cpuset.cpus", ""}}));
}

}  // namespace
}  // namespace svd::os
