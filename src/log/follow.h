// Following a log file: what is appended to it, through truncation, rotation and replacement.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/fd.h"

namespace svd::log {

// Reads a regular file from near its end on. Nothing is polled in here: each call of read() looks
// once. A file that was unlinked is followed until its path leads to another one.
class Follower {
  public:
    // Begins with the last `last_bytes` of the file, or all of a smaller one. Fails like
    // open_safely, and with EINVAL for what is no regular file.
    [[nodiscard]] static Result<Follower> open(std::string path, std::int64_t last_bytes);

    struct Step {
        enum class Kind {
            Nothing,
            Bytes,      // `count` bytes are in the buffer
            Truncated,  // the file was emptied; the next read begins at its start
        };
        Kind kind = Kind::Nothing;
        std::size_t count = 0;
        bool more = false;  // there is more to read at once
    };
    // The next bytes. A replaced file is read to its end before the new one begins.
    [[nodiscard]] Step read(std::span<char> buffer);

    // Last modification when the file was opened.
    [[nodiscard]] WallTime modified() const { return modified_; }

  private:
    Follower() = default;
    [[nodiscard]] static Result<Follower> open_at_start(std::string path);
    [[nodiscard]] bool replaced() const;
    [[nodiscard]] bool rewritten() const;

    std::string path_;
    UniqueFd fd_;
    dev_t device_ = 0;
    ino_t inode_ = 0;  // not used again for another file while fd_ is open
    std::int64_t size_ = 0;
    std::int64_t offset_ = 0;
    std::string last_read_;  // the bytes before offset_, a few
    WallTime modified_{};
};

}  // namespace svd::log
