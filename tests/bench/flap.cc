// flap ID: reports itself and fails at once, until the board says go: from then on it stays.
#include "board.h"

int main(int argc, char** argv) {
    using namespace svd::bench;
    if (argc < 2) return 2;
    Board& board = open_board();
    put(board, Kind::Up, to_id(argv[1]), 0);
    if (board.go.load() == 0) return 1;
    for (;;) ::pause();
}
