// spawn_loop N PROGRAM: the least a manager has to do. N times pipe, vfork, exec of `PROGRAM i`
// with its output on the pipe. Prints the seconds until all N reported on the board, and until all
// were killed and collected, then ends.
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <sys/wait.h>

#include "board.h"

namespace {
struct Child {
    pid_t pid = -1;
    int output = -1;
};

Child spawn(const char* program, const std::string& id) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return {};
    const char* arguments[] = {program, id.c_str(), nullptr};
    const pid_t pid = ::vfork();
    if (pid == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        ::execve(program, const_cast<char* const*>(arguments), environ);
        ::_exit(127);
    }
    ::close(ends[1]);
    return {pid, ends[0]};
}

// The instant the last of `count` records after `first` was written; 0 after 60 seconds in vain.
std::uint64_t last_report(const svd::bench::Board& board, std::uint64_t first,
                          std::uint64_t count) {
    const std::uint64_t deadline = svd::bench::now_ns() + 60'000'000'000U;
    std::uint64_t last = 0;
    for (std::uint64_t i = first; i < first + count; ++i) {
        std::uint64_t at = 0;
        while ((at = board.records[i].at_ns.load(std::memory_order_acquire)) == 0) {
            if (svd::bench::now_ns() > deadline) return 0;
            ::usleep(200);
        }
        if (at > last) last = at;
    }
    return last;
}
}  // namespace

int main(int argc, char** argv) {
    using namespace svd::bench;
    if (argc < 3) return 2;
    const std::uint32_t count = to_id(argv[1]);
    Board& board = open_board();
    const std::uint64_t first = board.count.load();
    if (first + count > kRecords) return 3;
    std::vector<Child> children(count);

    const std::uint64_t start = now_ns();
    for (std::uint32_t i = 0; i < count; ++i) children[i] = spawn(argv[2], std::to_string(i + 1));
    const std::uint64_t up = last_report(board, first, count);

    const std::uint64_t stop = now_ns();
    for (const Child& child : children)
        if (child.pid > 0) ::kill(child.pid, SIGKILL);
    for (const Child& child : children)
        if (child.pid > 0) ::waitpid(child.pid, nullptr, 0);
    if (up == 0) return 4;
    std::printf("{\"up_s\": %.6f, \"kill_s\": %.6f}\n", static_cast<double>(up - start) / 1e9,
                static_cast<double>(now_ns() - stop) / 1e9);
    return 0;
}
