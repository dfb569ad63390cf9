// What the component tests of this room share.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/children.h"
#include "linux/loop.h"
#include "linux/spawn.h"

namespace svd::os::test {

constexpr auto kBound = std::chrono::seconds(30);

// Turns the loop until the condition holds; false after kBound.
inline bool loop_until(Loop& loop, const std::function<bool()>& condition) {
    const MonoTime end = Loop::now().mono + kBound;
    while (!condition()) {
        const MonoTime now = Loop::now().mono;
        if (now > end) return false;
        const auto turned = loop.turn(std::chrono::milliseconds(20));
        if (!turned) return false;
    }
    return true;
}

class ScratchDirectory {
  public:
    ScratchDirectory() {
        char name[] = "/tmp/svd-linux-test-XXXXXX";
        path_ = mkdtemp(name);
    }
    ~ScratchDirectory() { std::filesystem::remove_all(path_); }
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string operator/(const std::string& name) const {
        return path_ + "/" + name;
    }

  private:
    std::string path_;
};

// A loop with a table, and what came out of it.
struct Nursery {
    Loop loop = Loop::create().value();
    std::vector<StrayReport> strays;
    std::unique_ptr<ChildTable> table;

    Nursery() {
        table =
            ChildTable::create(loop, [this](const StrayReport& s) { strays.push_back(s); }).value();
    }
};

// The children's program in a place that every user can read: the build may lie in somebody's home.
// Made before main, so before any test becomes another user.
class ChildProgram {
  public:
    ChildProgram() {
        std::string pattern = "/tmp/svd-linux-child-XXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        ::chmod(directory_.c_str(), 0755);
        path_ = directory_ + "/linux_test_child";  // its name in /proc
        std::filesystem::copy_file(SVD_TEST_CHILD, path_);
        ::chmod(path_.c_str(), 0755);
    }
    ~ChildProgram() {
        if (::getpid() == owner_) std::filesystem::remove_all(directory_);
    }
    ChildProgram(const ChildProgram&) = delete;
    ChildProgram& operator=(const ChildProgram&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    pid_t owner_ = ::getpid();
    std::string directory_;
    std::string path_;
};
inline const ChildProgram kChildProgram;

inline bool exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
}

inline SpawnSpec child_spec(const std::vector<std::string>& arguments) {
    SpawnSpec spec;
    spec.path = kChildProgram.path();
    spec.argv = {kChildProgram.path()};
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    return spec;
}

struct Outcome {
    std::optional<ExitReport> report;
    std::string output;  // of descriptors 1 and 2
};

// Runs a child to its end and collects what it wrote.
inline Outcome run_child(SpawnSpec spec) {
    Nursery nursery;
    auto pipe = make_pipe().value();
    if (spec.out < 0) spec.out = pipe.write.get();
    if (spec.err < 0) spec.err = pipe.write.get();
    Outcome outcome;
    auto child = spawn(spec);
    pipe.write.reset();
    if (!child) {
        ADD_FAILURE() << child.error().text;
        return outcome;
    }
    const auto adopted = nursery.table->adopt(
        std::move(*child), [&](const ExitReport& report) { outcome.report = report; });
    EXPECT_TRUE(adopted.has_value());
    EXPECT_TRUE(loop_until(nursery.loop, [&] { return outcome.report.has_value(); }));
    char buffer[65536];
    ssize_t n = 0;
    while ((n = read(pipe.read.get(), buffer, sizeof(buffer))) > 0)
        outcome.output.append(buffer, static_cast<std::size_t>(n));
    return outcome;
}

// Blocks until the child has said "ready\n"; the pipe is drained by the kernel's own blocking read.
inline bool wait_ready(int fd) {
    std::string text;
    char byte = 0;
    while (text != "ready\n" && read(fd, &byte, 1) == 1) text += byte;
    return text == "ready\n";
}

// Runs `body` in a process of its own; its result is the exit code. For what cannot be undone.
inline int in_own_process(const std::function<int()>& body) {
    fflush(nullptr);
    const pid_t pid = fork();
    if (pid == 0) {
        alarm(60);
        int code = 99;
        try {
            code = body();
        } catch (const std::exception& e) {
            fprintf(stderr, "in own process: %s\n", e.what());
        }
        _exit(code);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

constexpr uid_t kNobody = 65534;

inline bool become_nobody() {
    const gid_t group = kNobody;
    if (setgroups(1, &group) != 0 || setgid(group) != 0 || setuid(kNobody) != 0) return false;
    // As after an execve: our own /proc files belong to us.
    return prctl(PR_SET_DUMPABLE, 1) == 0;
}

}  // namespace svd::os::test
