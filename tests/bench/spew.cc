// spew ID TOTAL_BYTES MAX_SECONDS WRITE_BYTES: waits for the board's go, then writes lines of 100
// bytes to its standard output, WRITE_BYTES a write(), until either limit. Then waits to be ended.
#include <csignal>
#include <vector>

#include "board.h"

namespace {
constexpr std::size_t kLine = 100;

std::uint64_t write_lines(std::uint64_t total, std::uint64_t deadline_ns, std::size_t write_bytes) {
    std::vector<char> lines(write_bytes, 'x');
    for (std::size_t at = kLine - 1; at < lines.size(); at += kLine) lines[at] = '\n';
    std::uint64_t done = 0;
    for (unsigned turn = 0; done < total; ++turn) {
        if (turn % 64 == 0 && svd::bench::now_ns() > deadline_ns) break;
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
    const std::uint64_t total = std::strtoull(argv[2], nullptr, 10);
    const double seconds = std::strtod(argv[3], nullptr);
    const std::size_t lines = std::strtoul(argv[4], nullptr, 10) / kLine;
    ::signal(SIGPIPE, SIG_IGN);

    Board& board = open_board();
    put(board, Kind::Up, id, 0);
    while (board.go.load(std::memory_order_acquire) == 0) ::usleep(1000);
    put(board, Kind::WriteStart, id, 0);
    const auto limit_ns = static_cast<std::uint64_t>(seconds * 1e9);
    const std::uint64_t done = write_lines(total, now_ns() + limit_ns, (lines ? lines : 1) * kLine);
    put(board, Kind::WriteEnd, id, done);
    ::close(STDOUT_FILENO);
    for (;;) ::pause();
}
