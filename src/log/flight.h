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
//
// A writer of a pipe waits while a reader copies from it. So the bytes of a pipe in a rush can be
// staged first: moved, page by page and not copied, into a pipe that nobody writes to meanwhile.
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
    static constexpr int kStagingSize = 256 * 1024;

    [[nodiscard]] static Result<std::unique_ptr<Flight>> create();
    // That of a daemon that is gone, to go on with. Without what it had staged when `staging` is
    // none.
    [[nodiscard]] static Result<std::unique_ptr<Flight>> take_up(UniqueFd file, UniqueFd staging);
    ~Flight();
    Flight(const Flight&) = delete;
    Flight& operator=(const Flight&) = delete;
    [[nodiscard]] int fd() const { return file_.get(); }
    [[nodiscard]] int staging_fd() const { return staging_.read.get(); }  // -1: nothing is staged

    // Moves what is in the pipe now, at most kStagingSize, to where the next reads of this pipe get
    // it from. How many bytes that were: 0 also when it cannot be done, or while bytes of another
    // pipe are staged.
    [[nodiscard]] std::size_t stage(int pipe);
    // What is staged of the pipe or else in it now, at most the buffer. `passed` is what its
    // channel has had before, in bytes. The view holds until landed(), which is due before the next
    // read.
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

    // After a crash, the pipes by the numbers that they had then, -1 for none: whose bytes were in
    // flight, and whose were staged.
    struct Pipes {
        int in_flight = -1;
        int staged = -1;
    };
    [[nodiscard]] Pipes pipes() const;
    // The bytes that were in flight, if their channel had had no more than `passed` before.
    // begin_write() answers for them from now on until landed().
    [[nodiscard]] std::string_view replay(std::uint64_t passed);
    // The bytes that were staged, as read() gives them; empty after the last.
    [[nodiscard]] std::string_view read_staged(std::uint64_t passed);
    // Drops what nobody has taken up.
    void begin_anew();

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
    void open_staging();
    [[nodiscard]] ssize_t fill(int from, int pipe, std::size_t size, std::uint64_t passed);

    UniqueFd file_;
    Page* page_ = nullptr;
    Pipe staging_;
    std::size_t staged_ = 0;    // bytes in it
    std::uint32_t writes_ = 0;  // of the chunk in flight
    bool replaying_ = false;
    int aside_ = 0;
};

}  // namespace svd::log
