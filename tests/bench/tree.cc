// tree ID COUNT: COUNT descendants, each forked twice into a session of its own as daemons do.
// Each reports itself; the program reports when all of them were started.
#include <sys/wait.h>

#include "board.h"

namespace {
void become_daemon(svd::bench::Board& board, std::uint32_t id) {
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    ::setsid();
    put(board, svd::bench::Kind::Descendant, id, 0);
    for (;;) ::pause();
}
}  // namespace

int main(int argc, char** argv) {
    using namespace svd::bench;
    if (argc < 3) return 2;
    Board& board = open_board();
    const std::uint32_t count = to_id(argv[2]);
    for (std::uint32_t i = 0; i < count; ++i) {
        const pid_t child = ::fork();
        if (child == 0) become_daemon(board, i);
        int status = 0;
        if (child > 0) ::waitpid(child, &status, 0);
    }
    put(board, Kind::Up, to_id(argv[1]), count);
    for (;;) ::pause();
}
