#include "linux/spawn.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <sstream>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "linux/cgroup.h"
#include "linux/proc_info.h"
#include "linux/spawn_memory.h"
#include "support.h"

namespace svd::os::test {
namespace {

using Facts = std::multimap<std::string, std::string>;

Facts facts_in(const std::string& output) {
    Facts facts;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        const auto end = line.find_first_of(" :");
        auto value = end == std::string::npos ? "" : line.substr(end + 1);
        value.erase(0, value.find_first_not_of(" \t"));
        facts.emplace(line.substr(0, end), value);
    }
    return facts;
}

std::string fact(const Facts& facts, const std::string& key) {
    const auto found = facts.find(key);
    return found == facts.end() ? "(missing)" : found->second;
}

constexpr const char* kNoSignals = "0000000000000000";

TEST(Spawn, Child_HasNothingOfTheDaemonButWhatItWasGiven) {
    // Everything that could leak does exist here: open descriptors, ignored and blocked signals.
    const auto leak = UniqueFd::adopt(open("/dev/null", O_RDONLY));  // NOLINT: not close-on-exec
    const auto high = UniqueFd::adopt(fcntl(leak.get(), F_DUPFD, 900));
    for (const int number : {SIGPIPE, SIGXFSZ, SIGHUP, SIGRTMIN + 3}) signal(number, SIG_IGN);
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &blocked, nullptr);

    auto spec = child_spec({"fingerprint"});
    spec.env = {"A=1", "B=two words"};
    spec.directory = "/usr";
    spec.umask = 027;
    spec.limits.resources = {{RLIMIT_NOFILE, {111, 222}}};
    const Outcome outcome = run_child(spec);
    sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
    for (const int number : {SIGPIPE, SIGXFSZ, SIGHUP, SIGRTMIN + 3}) signal(number, SIG_DFL);

    const Facts facts = facts_in(outcome.output);
    EXPECT_EQ(fact(facts, "fds"), "0 1 2");
    EXPECT_EQ(fact(facts, "nonblocking"), "");
    EXPECT_EQ(fact(facts, "SigBlk"), kNoSignals);
    EXPECT_EQ(fact(facts, "SigIgn"), kNoSignals);
    EXPECT_EQ(fact(facts, "SigCgt"), kNoSignals);
    EXPECT_EQ(fact(facts, "own_group"), "1");
    EXPECT_EQ(fact(facts, "session"), std::to_string(getsid(0)));
    EXPECT_EQ(fact(facts, "umask"), "027");
    EXPECT_EQ(fact(facts, "nofile"), "111 222");
    EXPECT_EQ(fact(facts, "cwd"), "/usr");
    ASSERT_EQ(facts.count("env"), 2U);
    EXPECT_EQ(fact(facts, "env"), "A=1");
    ASSERT_TRUE(outcome.report.has_value());
    EXPECT_EQ(outcome.report->status, (ExitStatus{.code = 0}));
    EXPECT_FALSE(outcome.report->exec_stage.has_value());
}

// Numbers that collide with sources in every way, twice the same source, and a gap.
TEST(Spawn, PassedDescriptors_HaveTheirNumbers) {
    std::vector<UniqueFd> files;
    for (int i = 0; i < 4; ++i)
        files.push_back(UniqueFd::adopt(open("/dev/null", O_RDONLY | O_CLOEXEC)));
    auto spec = child_spec({"fingerprint"});
    spec.passed = {{files[1].get(), files[0].get()},
                   {files[0].get(), files[1].get()},
                   {files[2].get(), 60},
                   {files[2].get(), 61},
                   {files[3].get(), files[3].get()}};
    spec.limits.resources = {{RLIMIT_NOFILE, {10, 10}}};
    std::string expected = "0 1 2";
    for (const std::size_t i : {0U, 1U, 3U}) expected += " " + std::to_string(files[i].get());
    const Facts facts = facts_in(run_child(spec).output);
    EXPECT_EQ(fact(facts, "fds"), expected + " 60 61");
    EXPECT_EQ(fact(facts, "nonblocking"), "");
}

TEST(Spawn, PassedDescriptorThatIsClosed_IsAnError) {
    auto spec = child_spec({"fingerprint"});
    spec.passed = {{5000, 3}};
    const auto child = spawn(spec);
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().code, EBADF);
}

// In a slot and in a copy.
TEST(Spawn, PidVariables_HoldTheChildsPid) {
    const auto file = UniqueFd::adopt(open("/dev/null", O_RDONLY | O_CLOEXEC));
    for (const bool copied : {false, true}) {
        auto spec = child_spec({"fingerprint"});
        spec.env = {"A=1"};
        spec.pid_variables = {"LISTEN_PID", "WATCHDOG_PID"};
        if (copied) spec.passed = {{file.get(), 3}};
        const Outcome outcome = run_child(spec);
        const auto pid = std::to_string(outcome.report->pid);
        std::vector<std::string> variables;
        for (const auto& [key, value] : facts_in(outcome.output))
            if (key == "env") variables.push_back(value);
        EXPECT_EQ(variables,
                  (std::vector<std::string>{"A=1", "LISTEN_PID=" + pid, "WATCHDOG_PID=" + pid}));
    }
}

TEST(Spawn, AnotherUser_GetsItsIdsAndExactlyItsGroups) {
    if (getuid() != 0) GTEST_SKIP() << "needs root";
    auto spec = child_spec({"fingerprint"});
    spec.ids = Credentials{kNobody, kNobody, {kNobody, 7, 9}};
    const Facts facts = facts_in(run_child(spec).output);
    EXPECT_EQ(fact(facts, "uid"), "65534 65534");
    EXPECT_EQ(fact(facts, "gid"), "65534 65534");
    EXPECT_EQ(fact(facts, "groups"), "7 9 65534");
    EXPECT_EQ(fact(facts, "SigBlk"), kNoSignals);
}

TEST(Spawn, OwnUser_KeepsTheGroups) {
    auto spec = child_spec({"fingerprint"});
    spec.ids = Credentials{getuid(), 4711, {4711}};
    const Facts facts = facts_in(run_child(spec).output);
    EXPECT_EQ(fact(facts, "gid"), std::to_string(getgid()) + " " + std::to_string(getegid()));
}

TEST(Spawn, WithoutNewGroup_StaysInTheDaemonsGroup) {
    auto spec = child_spec({"fingerprint"});
    spec.new_process_group = false;
    EXPECT_EQ(fact(facts_in(run_child(spec).output), "own_group"), "0");
}

// Sources among 0 to 2 in every arrangement, in a process of its own that may rearrange them.
TEST(Spawn, Descriptors_ArePlacedInEveryArrangement) {
    const ScratchDirectory scratch;
    const auto arrange = [&](int in, int out, int err) {
        return in_own_process([&] {
            for (int fd = 0; fd < 3; ++fd) {
                const std::string name = scratch / std::to_string(fd);
                const int file = open(name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
                dup3(file, fd, O_CLOEXEC);
                close(file);
            }
            SpawnSpec spec;
            spec.path = "/bin/sh";
            spec.argv = {"sh", "-c", "echo in >&0; echo out >&1; echo err >&2"};
            spec.in = in;
            spec.out = out;
            spec.err = err;
            Nursery nursery;
            std::optional<ExitReport> report;
            auto child = spawn(spec);
            if (!child) return 1;
            const auto adopted =
                nursery.table->adopt(std::move(*child), [&](const ExitReport& r) { report = r; });
            if (!adopted || !loop_until(nursery.loop, [&] { return report.has_value(); })) return 2;
            if (report->status.code != 0) return 3;
            for (const auto& [number, word] :
                 std::vector<std::pair<int, std::string>>{{in, "in"}, {out, "out"}, {err, "err"}}) {
                const auto text = read_small_file(scratch / std::to_string(number));
                if (!text || text->find(word) == std::string::npos) return 4;
            }
            return 0;
        });
    };
    int order[] = {0, 1, 2};
    do {
        EXPECT_EQ(arrange(order[0], order[1], order[2]), 0) << order[0] << order[1] << order[2];
    } while (std::next_permutation(order, order + 3));
}

TEST(Spawn, ClosedStandardDescriptors_DoNotMixUpTheChild) {
    const int code = in_own_process([] {
        auto out = make_pipe().value();
        const auto keep = UniqueFd::adopt(fcntl(out.write.get(), F_DUPFD_CLOEXEC, 20));
        close(0);
        close(1);
        close(2);
        auto spec = child_spec({"fingerprint"});
        spec.out = keep.get();
        auto child = spawn(spec);
        if (!child) return 1;
        int status = 0;
        if (waitpid(child->pid, &status, 0) != child->pid || status != 0) return 2;
        char text[8192];
        const ssize_t n = read(out.read.get(), text, sizeof(text));
        return n > 0 && fact(facts_in({text, static_cast<std::size_t>(n)}), "fds") == "0 1 2" ? 0
                                                                                              : 3;
    });
    EXPECT_EQ(code, 0);
}

TEST(Spawn, SignalToTheGroupRightAfterwards_IsNeverLost) {
    Nursery nursery;
    int killed = 0;
    constexpr int kRuns = 100;
    for (int i = 0; i < kRuns; ++i) {
        auto child = spawn(child_spec({"wait"}));
        ASSERT_TRUE(child.has_value());
        const pid_t pid = child->pid;
        ASSERT_EQ(kill(-pid, SIGKILL), 0);
        ASSERT_TRUE(nursery.table
                        ->adopt(std::move(*child),
                                [&](const ExitReport& r) { killed += r.status.signal == SIGKILL; })
                        .has_value());
    }
    EXPECT_TRUE(loop_until(nursery.loop, [&] { return killed == kRuns; }));
}

TEST(Spawn, IntoACgroup_IsThereFromTheFirstInstruction) {
    Nursery nursery;
    const auto tree = CgroupTree::open(nursery.loop);
    if (!tree) GTEST_SKIP() << tree.error().text;
    const Cgroup leaf = (*tree)->leaf({"one"});
    const UniqueFd directory = leaf.ensure().value();
    auto spec = child_spec({"fingerprint"});
    spec.cgroup_fd = directory.get();
    EXPECT_EQ(fact(facts_in(run_child(spec).output), "cgroup"), leaf.path());
}

TEST(Spawn, CgroupThatVanished_IsMadeAgain) {
    Nursery nursery;
    const auto tree = CgroupTree::open(nursery.loop);
    if (!tree) GTEST_SKIP() << tree.error().text;
    const Cgroup leaf = (*tree)->leaf({"gone"});
    const UniqueFd stale = leaf.ensure().value();
    ASSERT_TRUE(leaf.remove().has_value());
    auto spec = child_spec({"exit", "0"});
    spec.cgroup_fd = stale.get();
    UniqueFd fresh;
    int calls = 0;
    auto child = spawn(spec, [&]() -> Result<int> {
        ++calls;
        fresh = leaf.ensure().value();
        return fresh.get();
    });
    ASSERT_TRUE(child.has_value()) << child.error().text;
    EXPECT_TRUE(child->in_cgroup);
    EXPECT_EQ(calls, 1);
    waitpid(child->pid, nullptr, 0);
}

TEST(Spawn, CgroupThatStaysAway_IsTriedAFewTimesAndThenDoneWithout) {
    Nursery nursery;
    const auto tree = CgroupTree::open(nursery.loop);
    if (!tree) GTEST_SKIP() << tree.error().text;
    const Cgroup leaf = (*tree)->leaf({"gone"});
    const UniqueFd stale = leaf.ensure().value();
    ASSERT_TRUE(leaf.remove().has_value());
    auto spec = child_spec({"exit", "0"});
    spec.cgroup_fd = stale.get();
    int calls = 0;
    auto child = spawn(spec, [&]() -> Result<int> {
        ++calls;
        return stale.get();
    });
    ASSERT_TRUE(child.has_value()) << child.error().text;
    EXPECT_FALSE(child->in_cgroup);
    EXPECT_EQ(calls, 3);
    waitpid(child->pid, nullptr, 0);
}

// Reads a byte of the heap in a child that was created just now; the signal that ended it, or 0.
int signal_of_reading_child(const char* byte) {
    const long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        signal(SIGSEGV, SIG_DFL);
        const volatile char* from = byte;
        _exit(*from == 'x' ? 0 : 1);
    }
    int status = 0;
    waitpid(static_cast<pid_t>(pid), &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

TEST(Spawn, Heap_IsNotInTheChildAndStaysInTheParent) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the sanitizer's heap is another one";
#endif
    const auto byte = std::make_unique<char>('x');
    {
        const HeapStaysHome heap;
        EXPECT_EQ(signal_of_reading_child(byte.get()), SIGSEGV);
        EXPECT_EQ(*byte, 'x');
    }
    EXPECT_EQ(signal_of_reading_child(byte.get()), 0);
}

TEST(Spawn, ManyAndLongArguments_ArriveWhole) {
    auto spec = child_spec({"fingerprint"});
    for (int i = 0; i < 300; ++i)
        spec.env.push_back("V" + std::to_string(i) + "=" + std::string(100, 'v'));
    spec.directory = "/";
    const Facts facts = facts_in(run_child(spec).output);
    EXPECT_EQ(facts.count("env"), 300U);
    EXPECT_EQ(fact(facts, "cwd"), "/");
}

// A container's filter that does not know clone3.
bool refuse_clone3(unsigned error) {
    sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{std::size(code), code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

class SpawnWithoutClone3 : public testing::TestWithParam<int> {};

TEST_P(SpawnWithoutClone3, Child_IsStartedAndPlacedAllTheSame) {
    const int code = in_own_process([] {
        Nursery nursery;
        auto tree = CgroupTree::open(nursery.loop);
        if (!refuse_clone3(static_cast<unsigned>(GetParam()))) return 1;
        auto spec = child_spec({"fingerprint"});
        UniqueFd directory;
        if (tree) {
            directory = (*tree)->leaf({"by-hand"}).ensure().value();
            spec.cgroup_fd = directory.get();
        }
        auto pipe = make_pipe().value();
        spec.out = pipe.write.get();
        auto child = spawn(spec);
        if (!child || !child->pidfd || child->in_cgroup != tree.has_value()) return 2;
        std::optional<ExitReport> report;
        const auto adopted =
            nursery.table->adopt(std::move(*child), [&](const ExitReport& r) { report = r; });
        if (!adopted || !loop_until(nursery.loop, [&] { return report.has_value(); })) return 3;
        char text[8192];
        const ssize_t n = read(pipe.read.get(), text, sizeof(text));
        if (n <= 0) return 4;
        const Facts facts = facts_in({text, static_cast<std::size_t>(n)});
        if (fact(facts, "fds") != "0 1 2" || fact(facts, "own_group") != "1") return 5;
        if (tree && fact(facts, "cgroup") != (*tree)->leaf({"by-hand"}).path()) return 6;
        return 0;
    });
    EXPECT_EQ(code, 0);
}
INSTANTIATE_TEST_SUITE_P(Refusals, SpawnWithoutClone3, testing::Values(ENOSYS, EPERM));

}  // namespace
}  // namespace svd::os::test
