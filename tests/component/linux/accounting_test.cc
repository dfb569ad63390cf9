// What a scope uses: over a tree of recorded files that looks like one with every controller, and
// over a real process, with a cgroup and without.
#include "linux/accounting.h"

#include <fstream>

#include "linux/memory_use.h"
#include "linux/proc_info.h"
#include "support.h"

namespace svd::os::test {
namespace {

constexpr std::uint64_t kMega = 1 << 20;

// A directory that passes for a cgroup tree, with the leaf /svd-test/it.
class RecordedTree {
  public:
    RecordedTree() {
        std::filesystem::create_directories(leaf());
        write(scratch_ / "svd-test/cgroup.procs", "");
        write(scratch_ / "mountinfo",
              "30 23 0:26 / " + scratch_.path() + " rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n");
        write(scratch_ / "self", "0::/\n");
        Scopes::Options options;
        options.cgroup = {"svd-test", false, scratch_ / "mountinfo", scratch_ / "self"};
        scopes_ = Scopes::open(nursery_.loop, *nursery_.table, options).value();
        EXPECT_FALSE(scopes_->walking()) << scopes_->why_walking();
        scopes_->tree()->keep();
        std::filesystem::create_directories(leaf());  // empty leaves are removed at first
        scope_ = scopes_->make({"it"});
    }
    void record(const std::string& file) {
        std::filesystem::copy(SVD_SOURCE_DIR "/tests/data/cgroup/" + file, leaf() + "/" + file);
    }
    void write_leaf(const std::string& file, const std::string& text) {
        write(leaf() + "/" + file, text);
    }
    void write_above(const std::string& file, const std::string& text) {
        write(scratch_ / ("svd-test/" + file), text);
    }
    // As a limit that needs it does.
    void hand_down(const std::string& controller) {
        write(scratch_ / "cgroup.controllers", controller + "\n");
        write(scratch_ / "cgroup.subtree_control", "");
        write(scratch_ / "svd-test/cgroup.subtree_control", "");
        EXPECT_TRUE(scopes_->tree()->enable({controller}).empty());
    }
    Scope& scope() { return scope_; }

  private:
    [[nodiscard]] std::string leaf() const { return scratch_ / "svd-test/it"; }
    static void write(const std::string& path, const std::string& text) {
        std::ofstream(path) << text;
    }
    ScratchDirectory scratch_;
    Nursery nursery_;
    std::unique_ptr<Scopes> scopes_;
    Scope scope_;
};

TEST(Accounting, EveryController_GivesEveryFigureFromTheCgroup) {
    RecordedTree tree;
    for (const auto* file : {"cpu.stat", "io.stat", "memory.current", "memory.peak", "memory.max",
                             "memory.high", "pids.current", "cpu.max"})
        tree.record(file);
    tree.write_leaf("memory.swap.current", "4096\n");
    Usage usage = read_usage(tree.scope(), {});
    EXPECT_EQ(usage.source, Usage::Source::Cgroup);
    EXPECT_EQ(usage.cpu_usec, 8123456U);
    EXPECT_EQ(usage.memory, 629141504U);
    EXPECT_EQ(usage.memory_peak, 600 * kMega);
    EXPECT_EQ(usage.swap, 4096U);
    EXPECT_EQ(usage.tasks, 42U);
    EXPECT_EQ(usage.read_bytes, 90434560U);
    EXPECT_EQ(usage.written_bytes, 299008000U);
    read_limits(tree.scope(), usage);
    EXPECT_EQ(usage.memory_max, 600 * kMega);
    EXPECT_EQ(usage.memory_high, std::nullopt);
    EXPECT_EQ(usage.cpu_max_permille, 1500U);
}

TEST(Accounting, MissingFile_IsNotLookedForUntilControllersAreHandedDown) {
    RecordedTree tree;
    tree.record("cpu.stat");
    EXPECT_EQ(read_usage(tree.scope(), {}).memory, std::nullopt);
    tree.record("memory.current");
    EXPECT_EQ(read_usage(tree.scope(), {}).memory, std::nullopt);
    EXPECT_EQ(read_usage(tree.scope(), {}).cpu_usec, 8123456U);
    tree.hand_down("memory");
    EXPECT_EQ(read_usage(tree.scope(), {}).memory, 629141504U);
}

TEST(Accounting, FilesOfAnySize_AreReadAsAWhole) {
    const ScratchDirectory scratch;
    for (const std::size_t size : {0U, 1U, 2048U, 2049U, 4096U, 4097U, 100'000U}) {
        const std::string text(size, 'x');
        std::ofstream(scratch / "file") << text;
        EXPECT_EQ(read_figures(scratch / "file").value(), text) << size;
    }
    EXPECT_EQ(read_figures(scratch / "missing").error().code, ENOENT);
}

TEST(Accounting, LaterRun_IsCountedFromItsBeginning) {
    RecordedTree tree;
    tree.record("cpu.stat");
    const Counters start = read_counters(tree.scope());
    EXPECT_NE(start.cgroup, 0U);
    tree.write_leaf("cpu.stat", "usage_usec 8123556\nuser_usec 6001304\nsystem_usec 2122252\n");
    const Usage usage = read_usage(tree.scope(), start);
    EXPECT_EQ(usage.cpu_usec, 100U);
    EXPECT_EQ(usage.cpu_user_usec, 70U);
    EXPECT_EQ(usage.cpu_system_usec, 30U);
    Counters other = start;
    other.cgroup += 1;
    EXPECT_EQ(read_usage(tree.scope(), other).cpu_usec, 8123556U) << "a cgroup made anew";
}

TEST(Accounting, OomKillsAndPeak_AreCounters) {
    RecordedTree tree;
    tree.record("memory.events");
    tree.record("memory.peak");
    const Counters counters = read_counters(tree.scope());
    EXPECT_EQ(counters.oom_kills, 2U);
    EXPECT_EQ(counters.memory_peak, 600 * kMega);
}

TEST(Accounting, MemoryLimit_IsTheNearestThatIsSet) {
    RecordedTree tree;
    tree.write_leaf("memory.max", "max\n");
    EXPECT_FALSE(read_memory_limit(tree.scope()).has_controller);
    tree.record("memory.events");
    auto limit = read_memory_limit(tree.scope());
    EXPECT_TRUE(limit.has_controller);
    EXPECT_EQ(limit.bytes, std::nullopt);
    EXPECT_FALSE(limit.from_above);
    tree.write_above("memory.max", "1048576\n");
    limit = read_memory_limit(tree.scope());
    EXPECT_EQ(limit.bytes, kMega);
    EXPECT_TRUE(limit.from_above);
    tree.write_leaf("memory.max", "4096\n");
    limit = read_memory_limit(tree.scope());
    EXPECT_EQ(limit.bytes, 4096U);
    EXPECT_FALSE(limit.from_above);
}

class RealProcess : public testing::TestWithParam<bool> {};

TEST_P(RealProcess, Figures_ComeWhereverTheyAre) {
    Nursery nursery;
    Scopes::Options options;
    options.force_walk = GetParam();
    const auto scopes = Scopes::open(nursery.loop, *nursery.table, options).value();
    if (!GetParam() && scopes->walking()) GTEST_SKIP() << scopes->why_walking();
    Scope scope = scopes->make({"it"});
    auto pipe = make_pipe().value();
    const UniqueFd directory = scope.spawn_directory().value();
    auto spec = child_spec({"ready-wait"});
    spec.cgroup_fd = directory.get();
    spec.out = pipe.write.get();
    if (const auto marker = scope.environment_marker()) spec.env.push_back(*marker);
    auto child = spawn(spec).value();
    pipe.write.reset();
    scope.started(child.pid, child.in_cgroup);
    bool ended = false;
    ASSERT_TRUE(nursery.table->adopt(std::move(child), [&](const ExitReport&) { ended = true; }));
    ASSERT_TRUE(wait_ready(pipe.read.get()));

    const Usage usage = read_usage(scope, {});
    EXPECT_NE(usage.source, Usage::Source::None);
    ASSERT_TRUE(usage.cpu_usec.has_value());
    ASSERT_TRUE(usage.memory.has_value());
    EXPECT_GT(*usage.memory, 0U);
    EXPECT_GE(usage.memory_peak.value_or(UINT64_MAX), *usage.memory);
    EXPECT_EQ(usage.tasks, 1U);
    EXPECT_TRUE(usage.read_bytes.has_value());

    EXPECT_EQ(scope.recent_pids(), scope.pids());
    const std::uint64_t needed = read_memory_by_proc(scope);
    EXPECT_GT(needed, 0U);
    EXPECT_LT(needed, 100 * kMega);

    ASSERT_TRUE(scope.kill_all());
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return ended && scope.is_empty(); }));
    EXPECT_EQ(read_usage(scope, {}).tasks.value_or(0), 0U);
}

INSTANTIATE_TEST_SUITE_P(Ways, RealProcess, testing::Values(false, true),
                         [](const auto& way) { return way.param ? "Walk" : "Cgroup"; });

}  // namespace
}  // namespace svd::os::test
