#include "base/fd.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace svd {

void UniqueFd::reset() noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno(errno, "pipe2");
    return Pipe{UniqueFd::adopt(ends[0]), UniqueFd::adopt(ends[1])};
}

Result<UniqueFd> duplicate(int fd) {
    const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return fail_errno(errno, "duplicate descriptor {}", fd);
    return UniqueFd::adopt(copy);
}

Status set_nonblocking(int fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        return fail_errno(errno, "set O_NONBLOCK on descriptor {}", fd);
    return {};
}

}  // namespace svd
