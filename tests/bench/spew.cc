// spew ID TOTAL_BYTES MAX_SECONDS WRITE_BYTES [WRITES_PER_SECOND]: waits for the board's go, then
// writes lines of 100 bytes to its standard output, WRITE_BYTES a write(), as fast as it can or
// evenly, until either limit. Then waits to be ended.
#include <csignal>
#include <vector>

#include "board.h"

namespace {
constexpr std::size_t kLine = 100;

struct Limits {
    std::uint64_t bytes = 0;
    std::uint64_t deadline_ns = 0;
    std::uint64_t pause_ns = 0;  // from one write to the next, at least
};

std::uint64_t write_lines(const Limits& limits, std::size_t write_bytes) {
    std::vector<char> lines(write_bytes, 'x');
    for (std::size_t at = kLine - 1; at < lines.size(); at += kLine) lines[at] = '\n';
    std::uint64_t done = 0;
    const std::uint64_t start_ns = svd::bench::now_ns();
    for (std::uint64_t turn = 0; done < limits.bytes; ++turn) {
        if (turn % 64 == 0 && svd::bench::now_ns() > limits.deadline_ns) break;
        while (limits.pause_ns > 0 && svd::bench::now_ns() < start_ns + turn * limits.pause_ns) {
        }
        std::size_t sent = 0;
        while (sent < lines.size()) {
            const ssize_t n = ::write(STDOUT_FILENO, lines.data() + sent, lines.size() - sent);
            if (n <= 0) return done;
            sent += static_cast<std::size_t>(n);
        }
        done += sent;
    }
    return done;
}
}  // namespace

int main(int argc, char** argv) {
    using namespace svd::bench;
    if (argc < 5) return 2;
    const std::uint32_t id = to_id(argv[1]);
    const double seconds = std::strtod(argv[3], nullptr);
    const std::size_t lines = std::strtoul(argv[4], nullptr, 10) / kLine;
    ::signal(SIGPIPE, SIG_IGN);

    Board& board = open_board();
    put(board, Kind::Up, id, 0);
    while (board.go.load(std::memory_order_acquire) == 0) ::usleep(1000);
    put(board, Kind::WriteStart, id, 0);
    Limits limits;
    limits.bytes = std::strtoull(argv[2], nullptr, 10);
    limits.deadline_ns = now_ns() + static_cast<std::uint64_t>(seconds * 1e9);
    if (argc > 5) limits.pause_ns = 1'000'000'000 / std::strtoull(argv[5], nullptr, 10);
    const std::uint64_t done = write_lines(limits, (lines ? lines : 1) * kLine);
    put(board, Kind::WriteEnd, id, done);
    ::close(STDOUT_FILENO);
    for (;;) ::pause();
}
