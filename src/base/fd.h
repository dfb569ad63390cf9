// UniqueFd owns one file descriptor; a plain int borrows. Ownership is taken by name only
// (UniqueFd::adopt), so a status int can never become an owner by accident.
#pragma once

#include "base/error.h"

namespace svd {

class UniqueFd {
  public:
    UniqueFd() = default;
    static UniqueFd adopt(int fd) { return UniqueFd(fd); }
    UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = other.release();
        }
        return *this;
    }
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;
    ~UniqueFd() { reset(); }

    [[nodiscard]] int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    [[nodiscard]] int release() {
        const int fd = fd_;
        fd_ = -1;
        return fd;
    }
    // Closes once; close() is never retried (on Linux the descriptor is gone even after EINTR).
    void reset() noexcept;

  private:
    explicit UniqueFd(int fd) : fd_(fd) {}
    int fd_ = -1;
};

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

// Both ends close-on-exec and blocking; O_NONBLOCK belongs to the open file description, so set it
// with set_nonblocking on the end that stays here.
[[nodiscard]] Result<Pipe> make_pipe();
[[nodiscard]] Status set_nonblocking(int fd);
// A second descriptor of the same open file description, close-on-exec.
[[nodiscard]] Result<UniqueFd> duplicate(int fd);

}  // namespace svd
