#include <errno.h>
#include <gtest/gtest.h>

#include "linux/spawn.h"

namespace svd::os {
namespace {

std::string text(SpawnStage stage, int code) {
    return describe_exec_failure(stage, code, "./run", "/srv", 33).text;
}

TEST(SpawnText, EveryStage_IsToldInItsWords) {
    EXPECT_EQ(text(SpawnStage::Exec, ENOENT), "couldn't exec ./run: ENOENT");
    EXPECT_EQ(text(SpawnStage::Directory, EACCES), "couldn't chdir to /srv: EACCES");
    EXPECT_EQ(text(SpawnStage::Groups, EPERM),
              "couldn't setuid to 33: Could not set groups of effective user");
    EXPECT_EQ(text(SpawnStage::Gid, EPERM),
              "couldn't setuid to 33: Could not set group id of effective user");
    EXPECT_EQ(text(SpawnStage::NotRoot, EPERM),
              "couldn't setuid to 33: Can't drop privilege as nonroot user");
    EXPECT_EQ(text(SpawnStage::Uid, EAGAIN), "couldn't setuid to 33: EAGAIN");
    EXPECT_EQ(text(SpawnStage::Cgroup, EBUSY), "couldn't enter cgroup: EBUSY");
    EXPECT_EQ(text(SpawnStage::OomScore, EACCES), "couldn't set oom_score_adj: EACCES");
    EXPECT_EQ(text(SpawnStage::Nice, EACCES), "couldn't set nice: EACCES");
    EXPECT_EQ(text(SpawnStage::IoPriority, EPERM), "couldn't set ionice: EPERM");
    EXPECT_EQ(
        describe_exec_failure(SpawnStage::Limits, EPERM, "./run", "/", 0, RLIMIT_MEMLOCK).text,
        "couldn't set RLIMIT_MEMLOCK: EPERM");
    EXPECT_EQ(text(SpawnStage::Limits, EPERM), "couldn't set a resource limit: EPERM");
    EXPECT_EQ(text(SpawnStage::Exec, 4711), "couldn't exec ./run: errno 4711");
}

}  // namespace
}  // namespace svd::os
