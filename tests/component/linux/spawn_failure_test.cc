// Children that never become their program: what is told to whom, and what is left behind.
#include <map>

#include <sys/resource.h>

#include "linux/proc_info.h"
#include "linux/spawn.h"
#include "linux/spawn_child.h"
#include "support.h"

namespace svd::os::test {
namespace {

constexpr const char* kNotSpawned = "supervisor: child process was not spawned\n";

void expect_failure(const SpawnSpec& spec, SpawnStage stage, int code, const std::string& text,
                    int resource = -1) {
    const Outcome outcome = run_child(spec);
    ASSERT_TRUE(outcome.report.has_value());
    EXPECT_EQ(outcome.report->status, (ExitStatus{.code = 127}));
    EXPECT_EQ(outcome.report->exec_stage, stage);
    EXPECT_EQ(outcome.report->exec_errno, code);
    EXPECT_EQ(outcome.output, "supervisor: " + text + "\n" + kNotSpawned);
    EXPECT_EQ(outcome.report->exec_resource, resource);
    EXPECT_EQ(describe_exec_failure(spec, stage, code, resource).text, text);
}

TEST(SpawnFailure, MissingFile_IsToldWithArgv0) {
    auto spec = child_spec({});
    spec.path = "/nonexistent/program";
    spec.argv = {"./program"};
    expect_failure(spec, SpawnStage::Exec, ENOENT, "couldn't exec ./program: ENOENT");
}

TEST(SpawnFailure, ScriptWithoutInterpreterLine_IsNotRunByAShell) {
    const ScratchDirectory scratch;
    const std::string script = scratch / "script";
    {
        const auto file =
            UniqueFd::adopt(open(script.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0755));
        ASSERT_EQ(write(file.get(), "echo hello\n", 11), 11);
    }
    auto spec = child_spec({});
    spec.path = script;
    spec.argv = {"script"};
    expect_failure(spec, SpawnStage::Exec, ENOEXEC, "couldn't exec script: ENOEXEC");
}

TEST(SpawnFailure, MissingDirectory_IsToldWithItsName) {
    auto spec = child_spec({"exit", "0"});
    spec.directory = "/nonexistent/place";
    expect_failure(spec, SpawnStage::Directory, ENOENT,
                   "couldn't chdir to /nonexistent/place: ENOENT");
}

TEST(SpawnFailure, DirectoryThatOnlyTheDaemonMayEnter_FailsForTheChildsUser) {
    if (getuid() != 0) GTEST_SKIP() << "needs root";
    const ScratchDirectory scratch;  // 0700
    auto spec = child_spec({"exit", "0"});
    spec.directory = scratch.path();
    spec.ids = Credentials{kNobody, kNobody, {}};
    expect_failure(spec, SpawnStage::Directory, EACCES,
                   "couldn't chdir to " + scratch.path() + ": EACCES");
}

TEST(SpawnFailure, ImpossibleLimit_IsTold) {
    auto spec = child_spec({"exit", "0"});
    spec.limits.resources = {{RLIMIT_NOFILE, {16, 32}}, {RLIMIT_CORE, {2, 1}}};
    expect_failure(spec, SpawnStage::Limits, EINVAL, "couldn't set RLIMIT_CORE: EINVAL",
                   RLIMIT_CORE);
}

TEST(SpawnFailure, BadDescriptor_IsTold) {
    auto spec = child_spec({"exit", "0"});
    spec.in = 99'999;
    expect_failure(spec, SpawnStage::Descriptors, EBADF, "couldn't set up descriptors: EBADF");
}

TEST(SpawnFailure, TooManyGroups_IsToldInSupervisorsWords) {
    if (getuid() != 0) GTEST_SKIP() << "needs root";
    auto spec = child_spec({"exit", "0"});
    spec.ids = Credentials{kNobody, kNobody, std::vector<gid_t>(70'000, 5)};
    expect_failure(spec, SpawnStage::Groups, EINVAL,
                   "couldn't setuid to 65534: Could not set groups of effective user");
}

TEST(SpawnFailure, ImpossibleGroup_IsToldInSupervisorsWords) {
    if (getuid() != 0) GTEST_SKIP() << "needs root";
    auto spec = child_spec({"exit", "0"});
    spec.ids = Credentials{kNobody, static_cast<gid_t>(-1), {}};
    expect_failure(spec, SpawnStage::Gid, EINVAL,
                   "couldn't setuid to 65534: Could not set group id of effective user");
}

TEST(SpawnFailure, ImpossibleUser_IsTold) {
    if (getuid() != 0) GTEST_SKIP() << "needs root";
    auto spec = child_spec({"exit", "0"});
    spec.ids = Credentials{static_cast<uid_t>(-1), kNobody, {}};
    expect_failure(spec, SpawnStage::Uid, EINVAL, "couldn't setuid to 4294967295: EINVAL");
}

TEST(SpawnFailure, AnotherUserWithoutRoot_IsToldInSupervisorsWords) {
    const int code = in_own_process([] {
        if (getuid() == 0 && !become_nobody()) return 1;
        auto spec = child_spec({"exit", "0"});
        spec.ids = Credentials{1, 1, {1}};
        const Outcome outcome = run_child(spec);
        if (!outcome.report || outcome.report->exec_stage != SpawnStage::NotRoot) return 2;
        return outcome.output == std::string(
                                     "supervisor: couldn't setuid to 1: Can't drop "
                                     "privilege as nonroot user\n") +
                                     kNotSpawned
                   ? 0
                   : 3;
    });
    EXPECT_EQ(code, 0);
}

TEST(SpawnFailure, NoArguments_IsRefusedInTheParent) {
    SpawnSpec spec;
    spec.path = "/bin/true";
    EXPECT_FALSE(spawn(spec).has_value());
}

TEST(SpawnFailure, ProcessLimit_IsAnErrorTheCallerCanTell) {
    const int code = in_own_process([] {
        if (getuid() == 0 && !become_nobody()) return 1;
        const rlimit none{0, 0};
        if (setrlimit(RLIMIT_NPROC, &none) != 0) return 2;
        const auto child = spawn(child_spec({"exit", "0"}));
        return !child && child.error().code == EAGAIN ? 0 : 3;
    });
    EXPECT_EQ(code, 0);
}

TEST(SpawnFailure, NoDescriptorLeft_IsAnErrorTheCallerCanTell) {
    const int code = in_own_process([] {
        const rlimit few{3, 3};
        if (setrlimit(RLIMIT_NOFILE, &few) != 0) return 2;
        const auto child = spawn(child_spec({"exit", "0"}));
        return !child && child.error().code == EMFILE ? 0 : 3;
    });
    EXPECT_EQ(code, 0);
}

TEST(SpawnFailure, ThousandFailures_LeaveNoDescriptorAndNoZombie) {
    Nursery nursery;
    const auto before = open_descriptors();
    int failed = 0;
    constexpr int kRuns = 1000;
    auto spec = child_spec({});
    spec.path = "/nonexistent";
    for (int i = 0; i < kRuns; ++i) {
        auto child = spawn(spec);
        ASSERT_TRUE(child.has_value()) << child.error().text;
        ASSERT_TRUE(
            nursery.table
                ->adopt(std::move(*child),
                        [&](const ExitReport& r) { failed += r.exec_stage == SpawnStage::Exec; })
                .has_value());
        if (nursery.table->size() >= 50) {
            ASSERT_TRUE(loop_until(nursery.loop, [&] { return nursery.table->size() < 25; }));
        }
    }
    ASSERT_TRUE(loop_until(nursery.loop, [&] { return failed == kRuns; }));
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_TRUE(nursery.strays.empty());
}

}  // namespace
}  // namespace svd::os::test
