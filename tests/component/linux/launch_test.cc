// Children that start without a copy of the daemon's memory and descriptors.
#include <poll.h>

#include "linux/launch_slots.h"
#include "linux/raw_syscall.h"
#include "linux/spawn_memory.h"
#include "support.h"

namespace svd::os::test {
namespace {

using std::chrono::milliseconds;

std::string read_to_end(int fd) {
    std::string text;
    char buffer[4096];
    for (pollfd ready{fd, POLLIN, 0}; poll(&ready, 1, 10'000) == 1;) {
        const auto n = read(fd, buffer, sizeof(buffer));
        if (n <= 0) return text;
        text.append(buffer, static_cast<std::size_t>(n));
    }
    return text + "(no end)";
}

void settle_all() {
    for (const MonoTime end = Loop::now().mono + kBound; !settle_launches();)
        ASSERT_LT(Loop::now().mono, end);
}

void reap(pid_t pid) {
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
}

SpawnSpec shell(const std::string& script) {
    SpawnSpec spec;
    spec.path = "/bin/sh";
    spec.argv = {"sh", "-c", script};
    return spec;
}

TEST(Launch, OnlyTheDaemonsUser_InACgroupWithoutMemoryAccounting_BorrowsMemory) {
    SpawnSpec spec = shell("true");
    EXPECT_EQ(may_borrow_memory(spec), kCanBorrowMemory);
    spec.ids = Credentials{getuid(), getgid(), {}};
    EXPECT_EQ(may_borrow_memory(spec), kCanBorrowMemory);
    spec.ids->uid = getuid() + 1;
    EXPECT_FALSE(may_borrow_memory(spec));
    spec.ids.reset();

    const ScratchDirectory cgroup;
    const auto fd =
        UniqueFd::adopt(open(cgroup.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    spec.cgroup_fd = fd.get();
    EXPECT_EQ(may_borrow_memory(spec), kCanBorrowMemory);
    const auto file = UniqueFd::adopt(
        open((cgroup / "memory.max").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    EXPECT_FALSE(may_borrow_memory(spec));
    spec.no_memory_accounting = true;  // who says so has looked
    EXPECT_EQ(may_borrow_memory(spec), kCanBorrowMemory);
}

TEST(Launch, CgroupBelowOneWithMemoryAccounting_BorrowsNoMemory) {
    const ScratchDirectory node;
    const std::string leaf = node / "leaf";
    ASSERT_EQ(mkdir(leaf.c_str(), 0755), 0);
    const auto fd = UniqueFd::adopt(open(leaf.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    SpawnSpec spec = shell("true");
    spec.cgroup_fd = fd.get();
    EXPECT_EQ(may_borrow_memory(spec), kCanBorrowMemory);
    const auto file =
        UniqueFd::adopt(open((node / "memory.max").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    EXPECT_FALSE(may_borrow_memory(spec));
}

TEST(Launch, MoreAtOnceThanSlots_AllRunAndTheirPipesEnd) {
    constexpr std::size_t kChildren = 5 * LaunchSlots::kCount;
    std::vector<Pipe> pipes;
    std::vector<pid_t> pids;
    for (std::size_t i = 0; i < kChildren; ++i) {
        pipes.push_back(make_pipe().value());
        auto spec = shell("echo " + std::to_string(i));
        spec.out = pipes.back().write.get();
        spec.in_background = true;
        auto child = spawn(spec);
        ASSERT_TRUE(child.has_value());
        pids.push_back(child->pid);
        pipes.back().write.reset();
    }
    settle_all();
    for (std::size_t i = 0; i < kChildren; ++i)
        EXPECT_EQ(read_to_end(pipes[i].read.get()), std::to_string(i) + "\n");
    for (const pid_t pid : pids) reap(pid);
}

TEST(Launch, EverySlotHeldByAChildThatGetsNoFurther_OthersStartAllTheSame) {
    settle_all();
    LaunchSlots& slots = LaunchSlots::instance();
    std::vector<LaunchSlot*> held;
    while (LaunchSlot* slot = slots.take({-1, -1, -1})) {
        slot->launched(getpid(), true);
        held.push_back(slot);
    }
    EXPECT_EQ(held.size(), LaunchSlots::kCount);
    EXPECT_FALSE(settle_launches());

    auto pipe = make_pipe().value();
    auto spec = shell("echo here");
    spec.out = pipe.write.get();
    const auto child = spawn(spec);
    ASSERT_TRUE(child.has_value());
    pipe.write.reset();
    EXPECT_EQ(read_to_end(pipe.read.get()), "here\n");
    reap(child->pid);

    for (LaunchSlot* slot : held) slot->words().tid = 0;  // as the kernel does at their death
    EXPECT_TRUE(settle_launches());
    EXPECT_NE(slots.take({-1, -1, -1}), nullptr);
    EXPECT_TRUE(settle_launches());  // taken for a child that never was
}

TEST(Launch, Child_SeesNothingOfItsSiblingsOnTheWay) {
    std::vector<pid_t> pids;
    std::vector<Pipe> pipes;
    for (std::size_t i = 0; i < 2 * LaunchSlots::kCount; ++i) {
        pipes.push_back(make_pipe().value());
        auto spec = shell("ls /proc/self/fd | wc -w");
        spec.out = pipes.back().write.get();
        spec.in_background = true;
        const auto child = spawn(spec);
        ASSERT_TRUE(child.has_value());
        pids.push_back(child->pid);
        pipes.back().write.reset();
    }
    settle_all();
    // ls has the three and the folder it lists.
    for (const Pipe& pipe : pipes) EXPECT_EQ(read_to_end(pipe.read.get()), "4\n");
    for (const pid_t pid : pids) reap(pid);
}

TEST(Launch, ChildThatCannotExecute_LeavesTheDaemonsErrnoAlone) {
    SpawnSpec spec;
    spec.path = "/nonexistent/program";
    spec.argv = {"program"};
    spec.in_background = true;
    for (int i = 0; i < 50; ++i) {
        errno = E2BIG;
        auto child = spawn(spec);
        ASSERT_TRUE(child.has_value());
        int status = 0;
        ASSERT_EQ(waitpid(child->pid, &status, 0), child->pid);
        EXPECT_NE(errno, ENOENT);
        EXPECT_EQ(WEXITSTATUS(status), 127);
        EXPECT_EQ(child->report.stage(), SpawnStage::Exec);
        EXPECT_EQ(child->report.code(), ENOENT);
    }
    settle_all();
}

}  // namespace
}  // namespace svd::os::test
