// idle ID [VALUE]: reports itself and waits for a signal to end it.
#include "board.h"

int main(int argc, char** argv) {
    using namespace svd::bench;
    if (argc < 2) return 2;
    put(open_board(), Kind::Up, to_id(argv[1]), argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0);
    for (;;) ::pause();
}
