// The board: a file mapped by everyone in a measurement. A child writes the instant it runs, by
// itself and with CLOCK_MONOTONIC, so nobody polls for it and every manager is measured alike.
// board.py reads it; the layout is the same there.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace svd::bench {

enum class Kind : std::uint32_t { Up = 1, WriteStart = 2, WriteEnd = 3, Descendant = 4 };

struct Record {
    Kind kind;
    std::uint32_t id;
    std::int32_t pid;
    std::uint32_t unused;
    std::uint64_t value;
    std::atomic<std::uint64_t> at_ns;  // stored last: a reader takes the record once this is not 0
};

inline constexpr std::size_t kRecords = std::size_t{1} << 17;

// What the one event listener of a measurement has read.
struct Tally {
    std::atomic<std::uint64_t> events;
    std::atomic<std::uint64_t> out_of_order;  // serial not above the one before
    std::atomic<std::uint64_t> missing;       // pool serials skipped
    std::atomic<std::uint64_t> last_ns;       // when the last event was read
};

struct Board {
    std::atomic<std::uint64_t> count;  // records begun
    std::atomic<std::uint32_t> go;     // writers wait until this is 1, what flaps until it is
    Tally tally;
    char unused[4096 - 48];
    Record records[kRecords];
};
static_assert(sizeof(Record) == 32 && offsetof(Board, records) == 4096 &&
              offsetof(Board, tally) == 16);

inline std::uint64_t now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(now.tv_nsec);
}

// The board named by SVD_BENCH_BOARD; ends the program when there is none.
inline Board& open_board() {
    const char* path = std::getenv("SVD_BENCH_BOARD");
    const int fd = path != nullptr ? ::open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) ::_exit(120);
    void* map = ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    if (map == MAP_FAILED) ::_exit(121);
    return *static_cast<Board*>(map);
}

inline void put(Board& board, Kind kind, std::uint32_t id, std::uint64_t value) {
    const std::uint64_t at = board.count.fetch_add(1);
    if (at >= kRecords) return;
    Record& record = board.records[at];
    record.kind = kind;
    record.id = id;
    record.pid = ::getpid();
    record.value = value;
    record.at_ns.store(now_ns(), std::memory_order_release);
}

inline std::uint32_t to_id(const char* text) {
    return static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

}  // namespace svd::bench
