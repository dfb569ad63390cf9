// The bytes between a child's pipe and its log files, in memory that outlives a crash.
//
// Whoever is killed between reading from a pipe and writing to a file loses what was read; whoever
// reads it again after a partial write has it twice. So bytes are read into a file in memory, and
// what becomes of them is noted beside them before it is done. A successor that has that file goes
// on at the very byte (replay). It costs one ioctl for each read, and a few stores for each write.
//
// One chunk is in flight at a time: the daemon has one thread and passes a chunk on before the next
// read. What is exact is the log files; other receivers of the chunk in flight (syslog, events) may
// get it again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <sys/types.h>

#include "base/error.h"
#include "base/fd.h"

namespace svd::log {

class Flight {
  public:
    static constexpr std::size_t kBufferSize = 128UL * 1024;

    [[nodiscard]] static Result<std::unique_ptr<Flight>> create();
    // That of a daemon that is gone, to go on with.
    [[nodiscard]] static Result<std::unique_ptr<Flight>> take_up(UniqueFd file);
    ~Flight();
    Flight(const Flight&) = delete;
    Flight& operator=(const Flight&) = delete;
    [[nodiscard]] int fd() const { return file_.get(); }

    // What is in the pipe now, at most the buffer. `passed` is what its channel has had before, in
    // bytes. The view holds until landed(), which is due before the next read.
    struct Chunk {
        std::string_view bytes;
        bool at_end = false;  // the pipe has no writer any more, or cannot be read
    };
    [[nodiscard]] Chunk read(int pipe, std::uint64_t passed);
    void landed();

    // Of a log file, before it writes: how many of the next `size` bytes it has got in an earlier
    // life. 0, unless a chunk is being replayed.
    struct Place {
        dev_t device = 0;
        ino_t inode = 0;
        std::int64_t position = 0;  // of the file's end
    };
    [[nodiscard]] std::size_t begin_write(const Place& place, std::size_t size);

    // While it lives, writes are not of the chunk in flight.
    class Aside {
      public:
        explicit Aside(Flight& flight) : flight_(flight) { ++flight_.aside_; }
        ~Aside() { --flight_.aside_; }
        Aside(const Aside&) = delete;
        Aside& operator=(const Aside&) = delete;

      private:
        Flight& flight_;
    };

    // The pipe whose bytes were in flight when the earlier daemon ended, -1 when none were; then
    // these bytes, if their channel had had no more than `passed` before. begin_write() answers for
    // them from now on until landed().
    [[nodiscard]] int pipe_in_flight() const;
    [[nodiscard]] std::string_view replay(std::uint64_t passed);
    // Counters that are kept in the same memory, for they change with every event.
    struct Serials {
        std::uint64_t events = 0;
        std::uint64_t listener_events = 0;
    };
    void note(const Serials& serials);
    [[nodiscard]] Serials serials() const;

  private:
    struct Page;
    Flight() = default;
    [[nodiscard]] Status map(UniqueFd file);

    UniqueFd file_;
    Page* page_ = nullptr;
    std::uint32_t writes_ = 0;  // of the chunk in flight
    bool replaying_ = false;
    int aside_ = 0;
};

}  // namespace svd::log
