// Nodes, controllers and limits of the cgroup tree. What writes to controllers works on a pretended
// hierarchy of plain files, since the real one may have none.
#include <algorithm>
#include <fstream>

#include <sys/stat.h>

#include "linux/cgroup.h"
#include "linux/descendants.h"
#include "linux/proc_info.h"
#include "support.h"

namespace svd::os::test {
namespace {

class PretendedTree : public testing::Test {
  protected:
    void SetUp() override {
        write_file("mountinfo", "30 23 0:26 / " + scratch_.path() + " rw - cgroup2 cgroup2 rw\n");
        write_file("self", "0::/\n");
        make_cgroup("");
        make_cgroup("/svd-t");
        make_cgroup("/svd-t/web:one");
        make_cgroup("/svd-t/shop");
        make_cgroup("/svd-t/shop/cart");
        CgroupTree::Options options;
        options.name = "svd-t";
        options.adopt = true;
        options.mountinfo = scratch_ / "mountinfo";
        options.self_cgroup = scratch_ / "self";
        auto opened = CgroupTree::open(nursery_.loop, options);
        ASSERT_TRUE(opened.has_value()) << opened.error().text;
        tree_ = std::move(*opened);
        tree_->keep();
    }

    void make_cgroup(const std::string& path) {
        mkdir((scratch_.path() + path).c_str(), 0755);
        write_file(path + "/cgroup.controllers", "cpu memory pids\n");
        for (const char* file :
             {"cgroup.subtree_control", "cgroup.procs", "memory.max", "pids.max", "cpuset.cpus"})
            write_file(path + "/" + file, "");
        write_file(path + "/cgroup.events", "populated 0\n");
    }
    void write_file(const std::string& name, const std::string& text) {
        std::ofstream(scratch_ / name) << text;
    }
    std::string content(const std::string& name) {
        return read_small_file(scratch_ / name).value_or("missing");
    }

    ScratchDirectory scratch_;
    Nursery nursery_;
    std::unique_ptr<CgroupTree> tree_;
};

TEST_F(PretendedTree, Controller_IsHandedDownToEveryNodeAndLeaf) {
    EXPECT_FALSE(tree_->has("memory"));
    EXPECT_TRUE(tree_->enable({"memory"}).empty());
    EXPECT_TRUE(tree_->has("memory"));
    EXPECT_EQ(content("cgroup.subtree_control"), "+memory\n");
    EXPECT_EQ(content("svd-t/cgroup.subtree_control"), "+memory\n");
    EXPECT_EQ(content("svd-t/shop/cgroup.subtree_control"), "+memory\n");
    EXPECT_EQ(content("svd-t/web:one/cgroup.subtree_control"), "");
    write_file("svd-t/cgroup.subtree_control", "untouched");
    EXPECT_TRUE(tree_->enable({"memory"}).empty());
    EXPECT_EQ(content("svd-t/cgroup.subtree_control"), "untouched");
}

TEST_F(PretendedTree, MemoryIsAccountedFor_InTheTreeOrOnceItIsHandedDown) {
    EXPECT_TRUE(tree_->accounts_for_memory());
    ASSERT_EQ(unlink((scratch_ / "svd-t/memory.max").c_str()), 0);
    const auto out_of_date = [this] { return !tree_->accounts_for_memory(); };
    ASSERT_TRUE(loop_until(nursery_.loop, out_of_date));
    EXPECT_TRUE(tree_->enable({"memory"}).empty());
    EXPECT_TRUE(tree_->accounts_for_memory());
}

TEST_F(PretendedTree, ControllerThatTheOwnCgroupLacks_IsMissing) {
    const auto missing = tree_->enable({"io", "pids"});
    ASSERT_EQ(missing.size(), 1U);
    EXPECT_EQ(missing[0].controller, "io");
    EXPECT_EQ(missing[0].why, "cgroup / does not have it");
    EXPECT_TRUE(tree_->has("pids"));
    EXPECT_FALSE(tree_->has("io"));
}

TEST_F(PretendedTree, Daemon_LeavesACgroupThatItHasForItself) {
    write_file("cgroup.type", "domain\n");
    write_file("cgroup.procs", std::to_string(getpid()) + "\n");
    make_cgroup("/svd-t/.daemon");
    EXPECT_TRUE(tree_->enable({"pids"}).empty());
    EXPECT_EQ(content("svd-t/.daemon/cgroup.procs"), "0\n");
    EXPECT_EQ(content("cgroup.subtree_control"), "+pids\n");
}

TEST_F(PretendedTree, CgroupWithOthers_IsLeftAsItIs) {
    write_file("cgroup.type", "domain\n");
    write_file("cgroup.procs", std::to_string(getpid()) + "\n1\n");
    make_cgroup("/svd-t/.daemon");
    const auto missing = tree_->enable({"pids"});
    ASSERT_EQ(missing.size(), 1U);
    EXPECT_TRUE(missing[0].why.starts_with("cgroup / holds other processes beside svd (pid 1, "))
        << missing[0].why;
    EXPECT_FALSE(tree_->has("pids"));
    EXPECT_EQ(content("svd-t/.daemon/cgroup.procs"), "");
    EXPECT_EQ(content("cgroup.subtree_control"), "");
}

TEST_F(PretendedTree, Limits_AreWrittenOnceAndTakenBack) {
    ASSERT_TRUE(tree_->enable({"memory"}).empty());
    const Cgroup leaf = tree_->leaf({"web", "one"});
    leaf.want({{"memory.max", "500"}, {"pids.max", "7"}, {"io.weight", "5"}});
    EXPECT_EQ(content("svd-t/web:one/memory.max"), "");
    EXPECT_TRUE(leaf.apply()->empty());
    EXPECT_EQ(content("svd-t/web:one/memory.max"), "500\n");
    EXPECT_EQ(content("svd-t/web:one/pids.max"), "") << "its controller is not enabled";

    write_file("svd-t/web:one/memory.max", "");
    EXPECT_TRUE(leaf.apply()->empty());
    EXPECT_EQ(content("svd-t/web:one/memory.max"), "") << "it was in force";

    ASSERT_TRUE(tree_->enable({"pids"}).empty());
    EXPECT_TRUE(leaf.apply()->empty());
    EXPECT_EQ(content("svd-t/web:one/pids.max"), "7\n");

    leaf.want({});
    EXPECT_TRUE(leaf.apply()->empty());
    EXPECT_EQ(content("svd-t/web:one/memory.max"), "max\n");
    EXPECT_EQ(content("svd-t/web:one/pids.max"), "max\n");
}

TEST_F(PretendedTree, LimitsOfAFormerImage_CanBeTakenBack) {
    ASSERT_TRUE(tree_->enable({"memory"}).empty());
    write_file("svd-t/web:one/memory.max", "500\n");
    const Cgroup leaf = tree_->leaf({"web", "one"});
    leaf.want({{"memory.max", "500"}});
    leaf.assume_applied();
    leaf.want({});
    EXPECT_TRUE(leaf.apply()->empty());
    EXPECT_EQ(content("svd-t/web:one/memory.max"), "max\n");
}

TEST_F(PretendedTree, FileThatTheKernelLacks_IsTold) {
    ASSERT_TRUE(tree_->enable({"memory"}).empty());
    const Cgroup leaf = tree_->leaf({"web", "one"});
    leaf.want({{"memory.swap.max", "0"}, {"memory.max", "9"}});
    const auto unknown = leaf.apply();
    ASSERT_TRUE(unknown.has_value());
    EXPECT_EQ(*unknown, (std::vector<std::string>{"memory.swap.max"}));
    EXPECT_EQ(content("svd-t/web:one/memory.max"), "9\n");
}

TEST_F(PretendedTree, WhatTheKernelRefuses_IsAnErrorThatNamesTheFile) {
    ASSERT_TRUE(tree_->enable({"memory"}).empty());
    unlink((scratch_ / "svd-t/web:one/memory.max").c_str());
    mkdir((scratch_ / "svd-t/web:one/memory.max").c_str(), 0755);
    const Cgroup leaf = tree_->leaf({"web", "one"});
    leaf.want({{"memory.max", "500"}});
    const auto applied = leaf.apply();
    ASSERT_FALSE(applied.has_value());
    EXPECT_EQ(applied.error().text,
              "set memory.max of cgroup /svd-t/web:one to 500: Is a directory");
    rmdir((scratch_ / "svd-t/web:one/memory.max").c_str());
}

TEST_F(PretendedTree, LeafBelowANode_IsMadeWithItAndBothAreLimited) {
    ASSERT_TRUE(tree_->enable({"memory"}).empty());
    const Cgroup node = tree_->node("shop");
    const Cgroup leaf = tree_->leaf_below(node, "cart");
    EXPECT_EQ(leaf.name(), "shop/cart");
    EXPECT_EQ(leaf.path(), "/svd-t/shop/cart");
    node.want({{"memory.max", "100"}});
    leaf.want({{"memory.max", "50"}});
    EXPECT_TRUE(node.apply() && leaf.apply());
    EXPECT_EQ(content("svd-t/shop/memory.max"), "100\n");
    EXPECT_EQ(content("svd-t/shop/cart/memory.max"), "50\n");
    const Cgroup fresh = tree_->leaf_below(tree_->node("new"), "a/b");
    EXPECT_TRUE(fresh.ensure().has_value());
    EXPECT_TRUE(exists(scratch_ / "svd-t/new/a%2Fb"));
}

TEST_F(PretendedTree, ReleasedControllers_AreTakenBackFromBelow) {
    for (const char* cgroup : {"", "svd-t/", "svd-t/shop/"})
        write_file(std::string(cgroup) + "cgroup.subtree_control", "memory\n");
    EXPECT_TRUE(release_controllers(scratch_.path()).has_value());
    for (const char* cgroup : {"", "svd-t/", "svd-t/shop/"})
        EXPECT_EQ(content(std::string(cgroup) + "cgroup.subtree_control"), "-memory\n");
    EXPECT_EQ(content("svd-t/shop/cart/cgroup.subtree_control"), "");
    EXPECT_TRUE(release_controllers(scratch_ / "nowhere").has_value());
}

class ScopeNodes : public testing::Test {
  protected:
    void SetUp() override {
        scopes_ = Scopes::open(nursery_.loop, *nursery_.table, {}).value();
        if (scopes_->walking()) GTEST_SKIP() << scopes_->why_walking();
    }
    Nursery nursery_;
    std::unique_ptr<Scopes> scopes_;
};

TEST_F(ScopeNodes, ChildrenBelowANode_AreKilledApartAndTheNodeGoesWithTheLast) {
    auto node = scopes_->make_node("group");
    std::vector<Scope> scopes;
    std::vector<pid_t> pids;
    for (const char* name : {"one", "two"}) {
        scopes.push_back(scopes_->make_below(node, name));
        auto pipe = make_pipe().value();
        const UniqueFd directory = scopes.back().spawn_directory().value();
        EXPECT_TRUE(scopes.back().apply_limits()->empty());
        auto spec = child_spec({"ready-wait"});
        spec.cgroup_fd = directory.get();
        spec.out = pipe.write.get();
        auto child = spawn(spec);
        ASSERT_TRUE(child && child->in_cgroup);
        pipe.write.reset();
        pids.push_back(child->pid);
        scopes.back().started(child->pid, true);
        EXPECT_TRUE(nursery_.table->adopt(std::move(*child), [](const ExitReport&) {}));
        EXPECT_TRUE(wait_ready(pipe.read.get()));
    }
    node.reset();
    const std::string group = scopes_->tree()->directory() + "/group";
    EXPECT_EQ(scopes[0].pids(), std::vector<pid_t>{pids[0]});
    EXPECT_TRUE(read_process_cgroup(pids[1]).ends_with("/group/two"));
    bool empty = false;
    EXPECT_TRUE(scopes[0].kill_all());
    EXPECT_TRUE(scopes[0].when_empty([&] { empty = true; }));
    EXPECT_TRUE(loop_until(nursery_.loop, [&] { return empty; }));
    EXPECT_FALSE(scopes[1].is_empty());
    EXPECT_TRUE(scopes[0].spawn_directory().has_value()) << "made anew";
    scopes.erase(scopes.begin());
    EXPECT_TRUE(exists(group));
    EXPECT_TRUE(scopes[0].kill_all());
    EXPECT_TRUE(loop_until(nursery_.loop, [&] { return scopes[0].is_empty(); }));
    scopes.clear();
    EXPECT_FALSE(exists(group));
}

TEST_F(ScopeNodes, ControllersThatAreNotThere_AreToldAndNothingMoves) {
    const auto available = available_controllers();
    if (std::ranges::find(available, "memory") != available.end())
        GTEST_SKIP() << "this cgroup has a memory controller";
    const std::string before = read_process_cgroup(getpid());
    const auto missing = scopes_->tree()->enable({"memory"});
    EXPECT_EQ(missing.size(), 1U);
    EXPECT_EQ(read_process_cgroup(getpid()), before);
}

}  // namespace
}  // namespace svd::os::test
