#include <set>

#include <gtest/gtest.h>

#include "linux/cgroup.h"

namespace svd::os {
namespace {

TEST(CgroupNames, OrdinaryNames_StayReadable) {
    EXPECT_EQ(cgroup_leaf_name({"web", "worker-01"}), "web:worker-01");
    EXPECT_EQ(cgroup_leaf_name({"web 2", "a_b"}), "web 2:a_b");
}

TEST(CgroupNames, DifferentParts_GiveDifferentLeaves) {
    const std::vector<std::vector<std::string>> all = {
        {"a", "b"}, {"a:b"}, {"a", ":b"}, {"a:", "b"}, {""},        {"", ""},      {"a", ""},
        {"", "a"},  {"a/b"}, {"a%2Fb"},   {"a", "/b"}, {"."},       {".."},        {"%2E"},
        {"%"},      {"%25"}, {"a\n"},     {"a%0A"},    {"cpu.max"}, {"cpu", "max"}};
    std::set<std::string> names;
    for (const auto& parts : all) {
        EXPECT_TRUE(names.insert(cgroup_leaf_name(parts)).second);
        EXPECT_EQ(cgroup_name_parts(cgroup_leaf_name(parts)), parts) << "and back";
    }
    for (const std::string& name : names) {
        EXPECT_EQ(name.find('/'), std::string::npos);
        EXPECT_NE(name, ".");
        EXPECT_NE(name, "..");
        EXPECT_FALSE(name.empty());
    }
}

TEST(CgroupNames, NamesThatNobodyMade_AreTakenAsTheyAre) {
    using Parts = std::vector<std::string>;
    EXPECT_EQ(cgroup_name_parts("a%2"), (Parts{"a%2"}));
    EXPECT_EQ(cgroup_name_parts("a%-1:%zz%"), (Parts{"a%-1", "%zz%"}));
    EXPECT_EQ(cgroup_name_parts(""), (Parts{""}));
}

TEST(CgroupNames, ControlFiles_CannotBeHit) {
    EXPECT_EQ(cgroup_leaf_name({"cgroup.procs"}), "cgroup%2Eprocs");
    EXPECT_EQ(cgroup_leaf_name({"memory.max", "x"}), "memory%2Emax:x");
    EXPECT_EQ(cgroup_leaf_name({"My.app.v1"}), "My.app.v1");
}

TEST(CgroupNames, LongNames_AreCutAndStayDifferent) {
    const std::string one = cgroup_leaf_name({std::string(5000, 'x') + "1"});
    const std::string two = cgroup_leaf_name({std::string(5000, 'x') + "2"});
    EXPECT_LT(one.size(), 256U);
    EXPECT_NE(one, two);
}

constexpr const char* kHybrid =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 master:2 - cgroup2 cgroup2 rw\n";

TEST(CgroupPlaces, HybridHierarchy_IsFoundBesideTheOldOne) {
    const auto place = find_own_cgroup(kHybrid, "9:name=systemd:/x\n4:memory:/y\n0::/\n");
    ASSERT_TRUE(place.has_value());
    EXPECT_EQ(place->directory, "/sys/fs/cgroup/unified");
    EXPECT_EQ(place->path, "/");
}

TEST(CgroupPlaces, DelegatedUnit_IsBelowTheMount) {
    const auto place = find_own_cgroup("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
                                       "0::/system.slice/svd.service\n");
    ASSERT_TRUE(place.has_value());
    EXPECT_EQ(place->directory, "/sys/fs/cgroup/system.slice/svd.service");
    EXPECT_EQ(place->path, "/system.slice/svd.service");
}

TEST(CgroupPlaces, MountOfAPart_IsUsedOnlyWhenWeAreInIt) {
    const std::string part = "30 23 0:26 /docker/abc /my\\040cgroups rw - cgroup2 cgroup2 rw\n";
    const auto place = find_own_cgroup(part, "0::/docker/abc/inner\n");
    ASSERT_TRUE(place.has_value());
    EXPECT_EQ(place->directory, "/my cgroups/inner");
    EXPECT_FALSE(find_own_cgroup(part, "0::/docker/abcdef\n").has_value());
}

TEST(CgroupPlaces, Reasons_AreTold) {
    EXPECT_EQ(find_own_cgroup(kHybrid, "4:memory:/y\n").error().text,
              "this process is in no cgroup v2");
    EXPECT_EQ(find_own_cgroup("", "0::/\n").error().text, "cgroup v2 is not mounted");
    EXPECT_FALSE(find_own_cgroup(kHybrid, "0::/../other\n").has_value());
    EXPECT_FALSE(find_own_cgroup("garbage\n- - -\n- cgroup2", "0::/x\n").has_value());
}

TEST(CgroupPlaces, DaemonThatSitsInItsLeaf_OwnsTheCgroupAboveItsTree) {
    const auto place = find_own_cgroup("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
                                       "0::/system.slice/svd.service/svd-12/.daemon\n");
    ASSERT_TRUE(place.has_value());
    EXPECT_EQ(place->directory, "/sys/fs/cgroup/system.slice/svd.service");
    EXPECT_EQ(place->path, "/system.slice/svd.service");
    EXPECT_EQ(find_own_cgroup(kHybrid, "0::/svd-12/.daemon\n")->path, "/");
    EXPECT_EQ(find_own_cgroup(kHybrid, "0::/svc-12/.daemon\n")->path, "/svc-12/.daemon");
    EXPECT_EQ(find_own_cgroup(kHybrid, "0::/.daemon\n")->path, "/.daemon");
}

TEST(CgroupNames, DaemonsOwnLeaf_IsNobodyElses) {
    EXPECT_NE(cgroup_leaf_name({kDaemonLeaf}), kDaemonLeaf);
}

}  // namespace
}  // namespace svd::os
