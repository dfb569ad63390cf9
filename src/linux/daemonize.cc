// Becoming a daemon; see users.h.
#include <utility>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/users.h"

namespace svd::os {
Status sanitize_standard_fds() {
    for (int fd = 0; fd < 3; ++fd) {
        if (fcntl(fd, F_GETFD) >= 0) continue;
        // The lowest free number is this one, because all below are open by now.
        if (open("/dev/null", O_RDWR | O_NOCTTY) != fd)  // NOLINT: meant to be inherited
            return fail_errno(errno, "open /dev/null as descriptor {}", fd);
    }
    return {};
}

Status daemonize() {
    const auto null = UniqueFd::adopt(open("/dev/null", O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!null) return fail_errno(errno, "open /dev/null");
    const pid_t pid = fork();
    if (pid < 0) return fail_errno(errno, "fork into the background");
    if (pid > 0) _exit(0);
    if (setsid() < 0) return fail_errno(errno, "start a session");
    for (int fd = 0; fd < 3; ++fd) {
        const int r = null.get() == fd ? fcntl(fd, F_SETFD, 0) : dup2(null.get(), fd);
        if (r < 0) return fail_errno(errno, "put /dev/null on descriptor {}", fd);
    }
    return {};
}

// --- PidFile ------------------------------------------------------------------------------------
Result<PidFile> PidFile::write(std::string path) {
    const auto failed = [&path](int code) {
        return std::unexpected(Error{code, fmt::format("could not write pidfile {}", path)});
    };
    const auto fd = UniqueFd::adopt(
        open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666));
    if (!fd) return failed(errno);
    PidFile file;
    file.pid_ = getpid();
    const std::string text = fmt::format("{}\n", file.pid_);
    const ssize_t n = ::write(fd.get(), text.data(), text.size());
    if (n < 0) return failed(errno);
    if (static_cast<std::size_t>(n) != text.size()) return failed(ENOSPC);
    struct stat own{};
    if (fstat(fd.get(), &own) != 0) return failed(errno);
    file.device_ = own.st_dev;
    file.inode_ = own.st_ino;
    file.path_ = std::move(path);
    return file;
}

PidFile PidFile::take_up(std::string path) {
    struct stat there{};
    PidFile file;
    if (path.empty() || stat(path.c_str(), &there) != 0) return file;
    file.pid_ = getpid();
    file.device_ = there.st_dev;
    file.inode_ = there.st_ino;
    file.path_ = std::move(path);
    return file;
}

PidFile::PidFile(PidFile&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      pid_(other.pid_),
      device_(other.device_),
      inode_(other.inode_) {}

PidFile& PidFile::operator=(PidFile&& other) noexcept {
    if (this != &other) {
        remove();
        path_ = std::exchange(other.path_, {});
        pid_ = other.pid_;
        device_ = other.device_;
        inode_ = other.inode_;
    }
    return *this;
}

void PidFile::remove() noexcept {
    if (path_.empty()) return;
    struct stat there{};
    // Only a regular file: /dev/null and the like may have been named. Only by who wrote it: a
    // second daemon may have put its own number into the same file since.
    char text[32] = "";
    const auto fd = UniqueFd::adopt(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (getpid() == pid_ && fd && fstat(fd.get(), &there) == 0 && S_ISREG(there.st_mode) &&
        there.st_dev == device_ && there.st_ino == inode_ &&
        read(fd.get(), text, sizeof(text) - 1) > 0 && std::atol(text) == pid_)
        unlink(path_.c_str());
    path_.clear();
}

}  // namespace svd::os
