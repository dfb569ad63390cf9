// listen ID: an event listener that does nothing but read, check the order and count on the board.
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "board.h"

namespace {
using namespace svd::bench;

// The number after ` name:` in a header line; 0 when there is none.
std::uint64_t number(std::string_view header, std::string_view name) {
    const auto at = header.find(name);
    return at == std::string_view::npos
               ? 0
               : std::strtoull(header.data() + at + name.size(), nullptr, 10);
}

void count(Tally& tally, std::string_view header) {
    static std::uint64_t next_serial = 0;
    static std::uint64_t next_in_pool = 0;
    const auto serial = number(header, " serial:");
    const auto in_pool = number(header, " poolserial:");
    if (serial < next_serial) tally.out_of_order.fetch_add(1);
    if (in_pool > next_in_pool) tally.missing.fetch_add(in_pool - next_in_pool);
    next_serial = serial + 1;
    next_in_pool = in_pool + 1;
    tally.last_ns.store(now_ns());
    tally.events.fetch_add(1);
}

bool say(std::string_view text) {
    return ::write(1, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}
}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    Board& board = open_board();
    put(board, Kind::Up, to_id(argv[1]), 0);
    if (!say("READY\n")) return 1;
    std::string held;
    char chunk[65536];
    for (;;) {
        const ssize_t got = ::read(0, chunk, sizeof chunk);
        if (got <= 0) return 0;
        held.append(chunk, static_cast<std::size_t>(got));
        const auto end = held.find('\n');
        if (end == std::string::npos) continue;
        // One event at a time is all that a listener ever has.
        if (held.size() < end + 1 + number(held, " len:")) continue;
        count(board.tally, held);
        held.clear();
        if (!say("RESULT 2\nOKREADY\n")) return 1;
    }
}
