#include "linux/freezer.h"

#include <cerrno>

#include "linux/cgroup.h"
#include "support.h"

namespace svd::os::test {
namespace {

using namespace std::chrono_literals;

class FreezerTest : public testing::Test {
  protected:
    void SetUp() override {
        auto opened = CgroupTree::open(nursery_.loop);
        if (!opened) GTEST_SKIP() << opened.error().text;
        tree_ = std::move(*opened);
        leaf_.emplace(tree_->leaf({"frozen"}));
        directory_ = leaf_->ensure().value();
    }
    void TearDown() override {
        if (!tree_) return;
        EXPECT_TRUE(leaf_->kill());
        EXPECT_TRUE(loop_until(nursery_.loop, [&] { return exits_ == started_; }));
        tree_.reset();
    }

    // A shell that writes lines as fast as they are taken.
    UniqueFd start_counter(const std::string& first = "") {
        auto pipe = make_pipe().value();
        SpawnSpec spec;
        spec.path = "/bin/sh";
        spec.argv = {"sh", "-c", first + "while :; do echo tick; done"};
        spec.out = pipe.write.get();
        start(spec);
        EXPECT_EQ(::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK), 0);
        return std::move(pipe.read);
    }
    pid_t start(SpawnSpec& spec) {
        spec.cgroup_fd = directory_.get();
        auto child = spawn(spec);
        if (!child || !child->in_cgroup) {
            ADD_FAILURE();
            return 0;
        }
        ++started_;
        const pid_t pid = child->pid;
        EXPECT_TRUE(nursery_.table->adopt(std::move(*child), [this](const ExitReport& r) {
            ++exits_;
            last_ = r.status;
        }));
        return pid;
    }
    // True when there was something to read.
    static bool drain(const UniqueFd& fd) {
        char buffer[65536];
        bool any = false;
        while (::read(fd.get(), buffer, sizeof buffer) > 0) any = true;
        return any;
    }
    // Orders it and waits for the kernel's word.
    bool freeze(bool wanted) {
        if (!order_freeze(directory_.get(), wanted)) return false;
        std::optional<Status> outcome;
        auto wait = FreezeWait::begin(nursery_.loop, directory_.get(), wanted, kBound,
                                      [&](Status status) { outcome = std::move(status); });
        if (!wait || outcome) return false;
        return loop_until(nursery_.loop, [&] { return outcome.has_value(); }) &&
               outcome->has_value() && is_frozen(directory_.get()).value() == wanted;
    }

    Nursery nursery_;
    std::unique_ptr<CgroupTree> tree_;
    std::optional<Cgroup> leaf_;
    UniqueFd directory_;
    int started_ = 0;
    int exits_ = 0;
    ExitStatus last_;
};

TEST_F(FreezerTest, WhatIsFrozen_DoesNotRunUntilItIsThawed) {
    const UniqueFd ticks = start_counter();
    ASSERT_TRUE(loop_until(nursery_.loop, [&] { return drain(ticks); }));
    ASSERT_TRUE(freeze(true));
    drain(ticks);  // what was in the pipe
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(nursery_.loop.turn(2ms));
        EXPECT_FALSE(drain(ticks));
    }
    ASSERT_TRUE(freeze(false));
    EXPECT_TRUE(loop_until(nursery_.loop, [&] { return drain(ticks); }));
}

TEST_F(FreezerTest, Twice_IsTheSameAsOnce) {
    const UniqueFd ticks = start_counter();
    EXPECT_TRUE(freeze(true));
    EXPECT_TRUE(freeze(true));
    EXPECT_TRUE(freeze(false));
    EXPECT_TRUE(freeze(false));
}

TEST_F(FreezerTest, AnEmptyDirectory_IsFrozenAtOnce) {
    EXPECT_TRUE(freeze(true));
    EXPECT_TRUE(freeze(false));
}

TEST_F(FreezerTest, ASignalThatIsHandled_WaitsForTheThaw) {
    const UniqueFd ticks = start_counter("trap 'exit 7' TERM; ");
    ASSERT_TRUE(loop_until(nursery_.loop, [&] { return drain(ticks); }));
    ASSERT_TRUE(freeze(true));
    ASSERT_TRUE(leaf_->signal(SIGTERM));
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(nursery_.loop.turn(2ms));
    EXPECT_EQ(exits_, 0);
    ASSERT_TRUE(order_freeze(directory_.get(), false));
    ASSERT_TRUE(loop_until(nursery_.loop, [&] {
        drain(ticks);  // or the shell waits in write() before it runs its trap
        return exits_ == 1;
    }));
    EXPECT_EQ(last_.code, 7);
}

TEST_F(FreezerTest, ASignalThatEndsByDefault_EndsWhatIsFrozen) {
    const UniqueFd ticks = start_counter();
    // Until its execve a child blocks every signal.
    ASSERT_TRUE(loop_until(nursery_.loop, [&] { return drain(ticks); }));
    ASSERT_TRUE(freeze(true));
    ASSERT_TRUE(leaf_->signal(SIGTERM));
    ASSERT_TRUE(loop_until(nursery_.loop, [&] { return exits_ == 1; }));
    EXPECT_EQ(last_.signal, SIGTERM);
}

TEST_F(FreezerTest, Sigkill_EndsWhatIsFrozen) {
    SpawnSpec spec = child_spec({"wait"});
    const pid_t pid = start(spec);
    ASSERT_TRUE(freeze(true));
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    ASSERT_TRUE(loop_until(nursery_.loop, [&] { return exits_ == 1; }));
    EXPECT_EQ(last_.signal, SIGKILL);
    EXPECT_TRUE(is_frozen(directory_.get()).value());
}

TEST_F(FreezerTest, KillingTheGroup_EndsAFrozenTree) {
    const UniqueFd one = start_counter();
    const UniqueFd two = start_counter();
    ASSERT_TRUE(freeze(true));
    ASSERT_TRUE(leaf_->kill());
    EXPECT_TRUE(loop_until(nursery_.loop, [&] { return exits_ == 2; }));
    EXPECT_FALSE(leaf_->populated().value());
}

TEST_F(FreezerTest, AnOrderThatIsNotCarriedOut_EndsTheWaitInTime) {
    const UniqueFd ticks = start_counter();
    std::optional<Status> outcome;
    const auto wait = FreezeWait::begin(nursery_.loop, directory_.get(), true, 1ms,
                                        [&](Status status) { outcome = std::move(status); });
    ASSERT_TRUE(wait);
    ASSERT_TRUE(loop_until(nursery_.loop, [&] { return outcome.has_value(); }));
    ASSERT_FALSE(outcome->has_value());
    EXPECT_EQ(outcome->error().code, ETIMEDOUT);
}

TEST_F(FreezerTest, AWaitThatIsDestroyed_SaysNothing) {
    bool called = false;
    {
        const auto wait = FreezeWait::begin(nursery_.loop, directory_.get(), false, kBound,
                                            [&](const Status&) { called = true; });
        ASSERT_TRUE(wait);
    }
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(nursery_.loop.turn(1ms));
    EXPECT_FALSE(called);
}

TEST_F(FreezerTest, AWait_MayBeDestroyedByItsOwnCall) {
    std::unique_ptr<FreezeWait> wait;
    bool called = false;
    auto begun =
        FreezeWait::begin(nursery_.loop, directory_.get(), false, kBound, [&](const Status&) {
            wait.reset();
            called = true;
        });
    ASSERT_TRUE(begun);
    wait = std::make_unique<FreezeWait>(std::move(*begun));
    EXPECT_TRUE(loop_until(nursery_.loop, [&] { return called; }));
}

TEST(Freezer, WhatIsNoCgroup_HasNoFreezer) {
    const ScratchDirectory scratch;
    const auto directory =
        UniqueFd::adopt(::open(scratch.path().c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(order_freeze(directory.get(), true).error().code, ENOENT);
    EXPECT_EQ(is_frozen(directory.get()).error().code, ENOENT);
    Loop loop = Loop::create().value();
    EXPECT_FALSE(FreezeWait::begin(loop, directory.get(), true, 1s, nullptr));
}

}  // namespace
}  // namespace svd::os::test
