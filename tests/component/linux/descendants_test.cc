// Both ways to know what came from a child, by the same tests.
#include "linux/descendants.h"

#include <algorithm>

#include "linux/proc_info.h"
#include "support.h"

namespace svd::os::test {
namespace {

struct House {
    Nursery nursery;
    std::unique_ptr<Scopes> scopes;
    int exits = 0;

    explicit House(bool walk) {
        Scopes::Options options;
        options.force_walk = walk;
        scopes = Scopes::open(nursery.loop, *nursery.table, options).value();
    }
    pid_t start(Scope& scope, const std::vector<std::string>& arguments) {
        auto pipe = make_pipe().value();
        const UniqueFd directory = scope.spawn_directory().value();
        auto spec = child_spec(arguments);
        spec.cgroup_fd = directory.get();
        spec.out = pipe.write.get();
        if (const auto marker = scope.environment_marker()) spec.env.push_back(*marker);
        auto child = spawn(spec);
        if (!child) {
            ADD_FAILURE() << child.error().text;
            return 0;
        }
        pipe.write.reset();
        const pid_t pid = child->pid;
        scope.started(pid, child->in_cgroup);
        EXPECT_TRUE(
            nursery.table->adopt(std::move(*child), [this](const ExitReport&) { ++exits; }));
        EXPECT_TRUE(wait_ready(pipe.read.get()));
        return pid;
    }
    bool wait_empty(Scope& scope) {
        bool empty = false;
        EXPECT_TRUE(scope.when_empty([&] { empty = true; }).has_value());
        return loop_until(nursery.loop, [&] { return empty; });
    }
    // No process is left that the kernel calls ours.
    bool nobody_left() {
        return loop_until(nursery.loop, [] {
            siginfo_t info{};
            return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
        });
    }
};

class ScopeTest : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override {
        if (!GetParam() && house_.scopes->walking()) GTEST_SKIP() << house_.scopes->why_walking();
    }
    House house_{GetParam()};
    Scope scope_ = house_.scopes->make({"it"});
};

TEST_P(ScopeTest, NewScope_IsEmpty) {
    EXPECT_TRUE(scope_.is_empty());
    EXPECT_TRUE(scope_.pids().empty());
    EXPECT_TRUE(scope_.kill_all().has_value());
    EXPECT_TRUE(house_.wait_empty(scope_));
    EXPECT_EQ(scope_.uses_cgroup(), !GetParam());
}

TEST_P(ScopeTest, Leader_IsAMemberUntilItEnds) {
    const pid_t pid = house_.start(scope_, {"ready-wait"});
    EXPECT_EQ(scope_.pids(), std::vector<pid_t>{pid});
    EXPECT_FALSE(scope_.is_empty());
    bool empty = false;
    ASSERT_TRUE(scope_.when_empty([&] { empty = true; }).has_value());
    ASSERT_TRUE(send_signal(*house_.nursery.table, pid, SIGTERM).has_value());
    EXPECT_TRUE(loop_until(house_.nursery.loop, [&] { return empty; }));
    EXPECT_TRUE(scope_.is_empty());
}

TEST_P(ScopeTest, DaemonsWhoseLeaderIsAlive_AreKilled) {
    house_.start(scope_, {"tree", "20"});
    EXPECT_GE(scope_.pids().size(), 21U);
    ASSERT_TRUE(scope_.kill_all().has_value());
    EXPECT_TRUE(house_.wait_empty(scope_));
    EXPECT_TRUE(house_.nobody_left());
}

TEST_P(ScopeTest, DaemonsWhoseLeaderHasGone_AreKilled) {
    house_.start(scope_, {"tree-exit", "20"});
    ASSERT_TRUE(loop_until(house_.nursery.loop, [&] { return house_.exits == 1; }));
    EXPECT_EQ(scope_.pids().size(), 20U);
    EXPECT_FALSE(scope_.is_empty());
    ASSERT_TRUE(scope_.kill_all().has_value());
    EXPECT_TRUE(house_.wait_empty(scope_));
    EXPECT_TRUE(house_.nobody_left());
}

TEST_P(ScopeTest, ThousandDaemons_AreKilled) {
    house_.start(scope_, {"tree-exit", "1000"});
    ASSERT_TRUE(scope_.kill_all().has_value());
    EXPECT_TRUE(house_.wait_empty(scope_));
    EXPECT_TRUE(house_.nobody_left());
}

TEST_P(ScopeTest, StormOfForks_IsKilled) {
    house_.start(scope_, {"storm"});
    ASSERT_TRUE(scope_.kill_all().has_value());
    EXPECT_TRUE(house_.wait_empty(scope_));
    EXPECT_TRUE(house_.nobody_left());
}

TEST_P(ScopeTest, SignalAll_ReachesWhatLeftTheProcessGroup) {
    house_.start(scope_, {"tree", "5"});
    ASSERT_TRUE(scope_.signal_all(SIGTERM).has_value());
    EXPECT_TRUE(house_.wait_empty(scope_));
}

TEST_P(ScopeTest, TwoScopes_DoNotMix) {
    Scope other = house_.scopes->make({"other"});
    house_.start(scope_, {"tree-exit", "5"});
    house_.start(other, {"tree-exit", "7"});
    ASSERT_TRUE(loop_until(house_.nursery.loop, [&] { return house_.exits == 2; }));
    // Each descendant comes by a process in between, which may take a moment to be gone.
    EXPECT_TRUE(loop_until(house_.nursery.loop,
                           [&] { return scope_.pids().size() == 5 && other.pids().size() == 7; }));
    ASSERT_TRUE(scope_.kill_all().has_value());
    EXPECT_TRUE(house_.wait_empty(scope_));
    EXPECT_EQ(other.pids().size(), 7U);
    ASSERT_TRUE(other.kill_all().has_value());
    EXPECT_TRUE(house_.wait_empty(other));
    EXPECT_TRUE(house_.nobody_left());
}

TEST_P(ScopeTest, ReapedOrphans_AreRecognisedAsItsOwn) {
    Scope other = house_.scopes->make({"other"});
    house_.start(scope_, {"tree-exit", "3"});
    ASSERT_EQ(scope_.pids().size() >= 3, true);
    ASSERT_TRUE(loop_until(house_.nursery.loop, [&] { return house_.exits == 1; }));
    house_.nursery.strays.clear();
    const auto members = scope_.pids();
    ASSERT_GE(members.size(), 3U);
    for (const pid_t pid : members) kill(pid, SIGKILL);
    const auto& strays = house_.nursery.strays;  // among others, also of earlier tests
    const auto is_reaped = [&](pid_t pid) {
        return std::any_of(strays.begin(), strays.end(),
                           [pid](const StrayReport& stray) { return stray.pid == pid; });
    };
    ASSERT_TRUE(loop_until(house_.nursery.loop,
                           [&] { return std::all_of(members.begin(), members.end(), is_reaped); }));
    for (const StrayReport& stray : strays) {
        if (std::find(members.begin(), members.end(), stray.pid) == members.end()) continue;
        EXPECT_TRUE(scope_.owns(stray)) << stray.pid << " of " << stray.cgroup;
        EXPECT_FALSE(other.owns(stray)) << stray.pid << " of " << stray.cgroup;
    }
}

TEST_P(ScopeTest, CallbackOfOneScope_MayDestroyAnother) {
    auto other = std::make_unique<Scope>(house_.scopes->make({"other"}));
    bool called = false;
    ASSERT_TRUE(other->when_empty([&] { ADD_FAILURE(); }).has_value());
    other->cancel();
    ASSERT_TRUE(scope_
                    .when_empty([&] {
                        other.reset();
                        scope_ = Scope();
                        called = true;
                    })
                    .has_value());
    EXPECT_TRUE(loop_until(house_.nursery.loop, [&] { return called; }));
    while (house_.nursery.loop.turn(Duration{}).value()) {
    }
}

TEST_P(ScopeTest, SecondRun_IsFollowedLikeTheFirst) {
    for (int run = 0; run < 3; ++run) {
        house_.start(scope_, {"tree-exit", "4"});
        EXPECT_FALSE(scope_.is_empty());
        ASSERT_TRUE(scope_.kill_all().has_value());
        ASSERT_TRUE(house_.wait_empty(scope_));
    }
    // A dead child that is not yet reaped makes no scope less empty.
    EXPECT_TRUE(loop_until(house_.nursery.loop, [&] { return house_.exits == 3; }));
}

INSTANTIATE_TEST_SUITE_P(BothWays, ScopeTest, testing::Bool(),
                         [](const auto& way) { return way.param ? "Walk" : "Cgroup"; });

TEST(ScopeWalk, OrphanWithoutEnvironment_IsKnownWhenItWasSeenBefore) {
    House house(true);
    Scope scope = house.scopes->make({"it"});
    house.start(scope, {"no-environment-tree"});
    const auto family = scope.pids();
    ASSERT_EQ(family.size(), 3U);
    pid_t orphan = 0;
    for (const pid_t pid : family) {
        if (getsid(pid) == pid)
            orphan = pid;
        else
            kill(pid, SIGKILL);
    }
    ASSERT_TRUE(loop_until(house.nursery.loop, [&] {
        return house.exits == 1 && read_proc_stat(orphan)->parent == getpid();
    }));
    EXPECT_EQ(scope.pids(), std::vector<pid_t>{orphan});
    ASSERT_TRUE(scope.kill_all().has_value());
    EXPECT_TRUE(house.wait_empty(scope));
}

TEST(ScopeWalk, ForcedWalk_MakesNoCgroup) {
    const House house(true);
    EXPECT_TRUE(house.scopes->walking());
    EXPECT_EQ(house.scopes->tree(), nullptr);
    EXPECT_EQ(house.scopes->why_walking(), "asked for");
}

TEST(ScopeWalk, UnprivilegedUser_FallsBackAndStillKillsTheTree) {
    if (getuid() != 0) GTEST_SKIP() << "needs root to stop being root";
    const int code = in_own_process([] {
        if (!become_nobody()) return 1;
        House house(false);
        if (!house.scopes->walking() || house.scopes->why_walking().empty()) return 2;
        Scope scope = house.scopes->make({"it"});
        house.start(scope, {"tree-exit", "10"});
        if (scope.is_empty()) return 3;
        if (!scope.kill_all()) return 4;
        return house.wait_empty(scope) && house.nobody_left() ? 0 : 5;
    });
    EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace svd::os::test
