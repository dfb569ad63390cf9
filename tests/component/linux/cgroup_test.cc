#include "linux/cgroup.h"

#include <algorithm>
#include <map>

#include <sys/epoll.h>
#include <sys/stat.h>

#include "linux/proc_info.h"
#include "support.h"

namespace svd::os::test {
namespace {

class CgroupTest : public testing::Test {
  protected:
    void SetUp() override {
        auto opened = CgroupTree::open(nursery_.loop);
        if (!opened) GTEST_SKIP() << opened.error().text;
        tree_ = std::move(*opened);
    }
    void TearDown() override {
        tree_.reset();
        // Nothing of any test may be left alive.
        ASSERT_TRUE(loop_until(nursery_.loop, [] { return waitpid(-1, nullptr, WNOHANG) < 0; }));
    }

    // Starts a child in the leaf and waits for its "ready".
    pid_t start_ready(const Cgroup& leaf, const std::vector<std::string>& arguments) {
        auto pipe = make_pipe().value();
        const UniqueFd directory = leaf.ensure().value();
        auto spec = child_spec(arguments);
        spec.cgroup_fd = directory.get();
        spec.out = pipe.write.get();
        auto child = spawn(spec);
        if (!child || !child->in_cgroup) {
            ADD_FAILURE();
            return 0;
        }
        pipe.write.reset();
        const pid_t pid = child->pid;
        EXPECT_TRUE(
            nursery_.table->adopt(std::move(*child), [this](const ExitReport&) { ++exits_; }));
        EXPECT_TRUE(wait_ready(pipe.read.get()));
        return pid;
    }
    bool wait_empty(const Cgroup& leaf) {
        bool empty = false;
        EXPECT_TRUE(tree_->when_empty(leaf, [&] { empty = true; }).has_value());
        return loop_until(nursery_.loop, [&] { return empty; });
    }

    Nursery nursery_;
    std::unique_ptr<CgroupTree> tree_;
    int exits_ = 0;
};

TEST_F(CgroupTest, Tree_IsMadeBelowTheOwnCgroupAndRemovedAtTheEnd) {
    const std::string directory = tree_->directory();
    EXPECT_TRUE(exists(directory));
    EXPECT_NE(tree_->path().find("svd-" + std::to_string(getpid())), std::string::npos);
    tree_.reset();
    EXPECT_FALSE(exists(directory));
}

TEST_F(CgroupTest, Leaf_DoesNotExistBeforeItIsNeeded) {
    const Cgroup leaf = tree_->leaf({"web", "a/b"});
    EXPECT_EQ(leaf.name(), "web:a%2Fb");
    EXPECT_FALSE(exists(tree_->directory() + "/" + leaf.name()));
    EXPECT_FALSE(leaf.populated().value());
    EXPECT_TRUE(leaf.pids().value().empty());
    EXPECT_TRUE(leaf.kill().has_value());
    EXPECT_TRUE(leaf.remove().has_value());
    EXPECT_TRUE(static_cast<bool>(leaf.ensure().value()));
    EXPECT_TRUE(exists(tree_->directory() + "/" + leaf.name()));
}

TEST_F(CgroupTest, DaemonisedTree_IsSeenAndKilledWhole) {
    const Cgroup leaf = tree_->leaf({"tree"});
    start_ready(leaf, {"tree", "20"});
    EXPECT_TRUE(leaf.populated().value());
    EXPECT_GE(leaf.pids().value().size(), 21U);
    ASSERT_TRUE(leaf.kill().has_value());
    EXPECT_TRUE(wait_empty(leaf));
    EXPECT_FALSE(leaf.populated().value());
    EXPECT_TRUE(leaf.remove().has_value());
}

TEST_F(CgroupTest, ThousandDaemons_AreKilledWhole) {
    const Cgroup leaf = tree_->leaf({"thousand"});
    start_ready(leaf, {"tree-exit", "1000"});
    EXPECT_GE(leaf.pids().value().size(), 1000U);
    ASSERT_TRUE(leaf.kill().has_value());
    EXPECT_TRUE(wait_empty(leaf));
}

TEST_F(CgroupTest, ProcessThatIsNeverThere_IsKilledWhole) {
    const Cgroup leaf = tree_->leaf({"hop"});
    start_ready(leaf, {"hop"});
    ASSERT_TRUE(leaf.kill().has_value());
    EXPECT_TRUE(wait_empty(leaf));
}

TEST_F(CgroupTest, LeafThatWasKilled_TakesNewChildrenOnceItIsEmpty) {
    const Cgroup leaf = tree_->leaf({"again"});
    for (int run = 0; run < 3; ++run) {
        start_ready(leaf, {"ready-wait"});
        ASSERT_TRUE(leaf.populated().value());
        ASSERT_TRUE(leaf.kill().has_value());
        ASSERT_TRUE(wait_empty(leaf));
    }
}

TEST_F(CgroupTest, ExitOfTheLeader_IsNotTheEndOfTheCgroup) {
    const Cgroup leaf = tree_->leaf({"left"});
    start_ready(leaf, {"tree-exit", "3"});
    bool empty = false;
    ASSERT_TRUE(tree_->when_empty(leaf, [&] { empty = true; }).has_value());
    ASSERT_TRUE(loop_until(nursery_.loop, [&] { return exits_ == 1; }));
    EXPECT_FALSE(empty);
    EXPECT_TRUE(leaf.populated().value());
    EXPECT_EQ(leaf.remove().error().code, EBUSY);
    ASSERT_TRUE(leaf.signal(SIGTERM).has_value());
    EXPECT_TRUE(loop_until(nursery_.loop, [&] { return empty; }));
}

TEST_F(CgroupTest, WhenEmpty_ComesFromTheLoopEvenWhenItIsSoAlready) {
    const Cgroup leaf = tree_->leaf({"never"});
    bool called = false;
    ASSERT_TRUE(tree_->when_empty(leaf, [&] { called = true; }).has_value());
    EXPECT_FALSE(called);
    EXPECT_TRUE(loop_until(nursery_.loop, [&] { return called; }));
    EXPECT_EQ(tree_->waiting(), 0U);
}

TEST_F(CgroupTest, CancelledWaiter_IsNotCalledEvenFromAnothersCallback) {
    const Cgroup a = tree_->leaf({"a"});
    const Cgroup b = tree_->leaf({"b"});
    int calls = 0;
    ASSERT_TRUE(tree_
                    ->when_empty(a,
                                 [&] {
                                     ++calls;
                                     tree_->cancel(b);
                                 })
                    .has_value());
    ASSERT_TRUE(tree_
                    ->when_empty(b,
                                 [&] {
                                     ++calls;
                                     tree_->cancel(a);
                                 })
                    .has_value());
    ASSERT_TRUE(loop_until(nursery_.loop, [&] { return calls > 0; }));
    while (nursery_.loop.turn(Duration{}).value()) {
    }
    EXPECT_EQ(calls, 1);
}

TEST_F(CgroupTest, WhileNobodyWaits_NothingWakesTheLoop) {
    const Cgroup leaf = tree_->leaf({"quiet"});
    const pid_t pid = start_ready(leaf, {"ready-wait"});
    bool empty = false;
    ASSERT_TRUE(tree_->when_empty(leaf, [&] { empty = true; }).has_value());
    tree_->cancel(leaf);
    while (nursery_.loop.turn(std::chrono::milliseconds(5)).value()) {
    }
    // No inotify watch is left: what changes in the cgroup causes no turn.
    const auto info =
        read_small_file("/proc/self/fdinfo/" + std::to_string([] {
                            for (const int fd : open_descriptors()) {
                                char target[64] = "";
                                const std::string link = "/proc/self/fd/" + std::to_string(fd);
                                if (readlink(link.c_str(), target, sizeof(target) - 1) > 0 &&
                                    std::string(target) == "anon_inode:inotify")
                                    return fd;
                            }
                            return -1;
                        }()));
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->find("wd:"), std::string::npos);
    ASSERT_TRUE(send_signal(*nursery_.table, pid, SIGKILL));
    ASSERT_TRUE(loop_until(nursery_.loop, [&] { return exits_ == 1; }));
    EXPECT_FALSE(empty);
}

TEST_F(CgroupTest, CgroupsThatTheChildMade_GoWithTheLeaf) {
    const Cgroup leaf = tree_->leaf({"nested"});
    ASSERT_TRUE(leaf.ensure().has_value());
    const std::string directory = tree_->directory() + "/" + leaf.name();
    ASSERT_EQ(mkdir((directory + "/x").c_str(), 0755), 0);
    ASSERT_EQ(mkdir((directory + "/x/y").c_str(), 0755), 0);
    EXPECT_TRUE(leaf.remove().has_value());
    EXPECT_FALSE(exists(directory));
}

TEST_F(CgroupTest, StaleTreeOfADeadDaemon_IsRemovedAndALiveOneIsNot) {
    const std::string parent = std::filesystem::path(tree_->directory()).parent_path();
    const std::string stale = parent + "/svd-999999999";
    ASSERT_EQ(mkdir(stale.c_str(), 0755), 0);
    ASSERT_EQ(mkdir((stale + "/web").c_str(), 0755), 0);
    const std::string foreign = parent + "/other-999999999";
    ASSERT_EQ(mkdir(foreign.c_str(), 0755), 0);
    {
        const auto second = CgroupTree::open(nursery_.loop);
        ASSERT_TRUE(second.has_value()) << second.error().text;
        EXPECT_NE((*second)->path(), tree_->path());
        EXPECT_FALSE(exists(stale));
        EXPECT_TRUE(exists(tree_->directory()));
        EXPECT_TRUE(exists(foreign));
    }
    rmdir(foreign.c_str());
    EXPECT_TRUE(exists(tree_->directory()));
}

TEST_F(CgroupTest, KeptTree_IsAdoptedWithItsProcesses) {
    const Cgroup leaf = tree_->leaf({"survivor"});
    const pid_t pid = start_ready(leaf, {"ready-wait"});
    const std::string path = tree_->path();
    tree_->keep();
    tree_.reset();
    CgroupTree::Options options;
    options.adopt = true;
    tree_ = CgroupTree::open(nursery_.loop, options).value();
    EXPECT_EQ(tree_->path(), path);
    const Cgroup again = tree_->leaf({"survivor"});
    EXPECT_EQ(again.pids().value(), std::vector<pid_t>{pid});
    ASSERT_TRUE(again.kill().has_value());
    EXPECT_TRUE(wait_empty(again));
}

TEST(CgroupTree, WithoutAV2Mount_SaysSo) {
    Loop loop = Loop::create().value();
    CgroupTree::Options options;
    options.mountinfo = "/dev/null";
    const auto tree = CgroupTree::open(loop, options);
    ASSERT_FALSE(tree.has_value());
    EXPECT_EQ(tree.error().text, "cgroup v2 is not mounted");
}

TEST(CgroupTree, UnprivilegedUser_IsToldWhyNot) {
    if (getuid() != 0) GTEST_SKIP() << "needs root to stop being root";
    const int code = in_own_process([] {
        if (!become_nobody()) return 1;
        Loop loop = Loop::create().value();
        const auto tree = CgroupTree::open(loop);
        return !tree && tree.error().code == EACCES ? 0 : 2;
    });
    EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace svd::os::test
