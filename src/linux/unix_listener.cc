// listen_unix: taking a path over without a moment in which two servers could both think it theirs.
#include <cstring>
#include <string>
#include <utility>

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "linux/sockets.h"

namespace svd::os {
namespace {

constexpr int kLockTries = 200;
constexpr long kLockPauseNs = 10'000'000;

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

// Serialises "is anybody there?" and "now I am". The directory needs no write permission, no extra
// file is left behind, and the kernel frees the lock of a server that died. Anybody may hold such a
// lock on /tmp, so it is not waited for without bound: without it only the race is back.
UniqueFd lock_directory(const std::string& path) {
    auto fd = UniqueFd::adopt(open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return fd;
    for (int i = 0; i < kLockTries && flock(fd.get(), LOCK_EX | LOCK_NB) != 0; ++i) {
        const timespec pause{0, kLockPauseNs};
        nanosleep(&pause, nullptr);
    }
    return fd;
}

struct Address {
    sockaddr_un un{};
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&un); }
};
Result<Address> address_of(const std::string& path) {
    Address address;
    address.un.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.un.sun_path)) return fail("AF_UNIX path too long");
    std::memcpy(address.un.sun_path, path.data(), path.size());
    return address;
}

// Somebody listens. A full queue counts: the server is busy, not dead.
Result<bool> is_live(const Address& address) {
    const auto probe =
        UniqueFd::adopt(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!probe) return fail_errno(errno, "create a socket");
    if (connect(probe.get(), address.get(), sizeof(address.un)) == 0) return true;
    return errno != ECONNREFUSED && errno != ENOENT;
}

// The path may be taken: nothing is there, or a socket that nobody serves.
Status clear_the_way(const UnixSocketSpec& spec, const Address& address) {
    struct stat there{};
    if (lstat(spec.path.c_str(), &there) != 0) {
        if (errno == ENOENT) return {};
        return fail_errno(errno, "look at {}", spec.path);
    }
    if (!S_ISSOCK(there.st_mode)) return fail_errno(EEXIST, "{} is not a socket", spec.path);
    if (spec.existing == UnixSocketSpec::Existing::Replace) return {};
    SVD_TRY(const bool live, is_live(address));
    if (live) return fail_errno(EADDRINUSE, "listen on {}", spec.path);
    if (spec.on_stale) spec.on_stale(fmt::format("Unlinking stale socket {}", spec.path));
    return {};
}

Status give_to_owner(const UnixSocketSpec& spec, const std::string& file) {
    // -1 leaves an id alone.
    const uid_t uid = spec.uid.value_or(static_cast<uid_t>(-1));
    const gid_t gid = spec.gid.value_or(static_cast<gid_t>(-1));
    if (!spec.uid && !spec.gid) return {};
    if (lchown(file.c_str(), uid, gid) == 0) return {};
    const int code = errno;
    if (code != EPERM || spec.existing == UnixSocketSpec::Existing::Replace)
        return fail_errno(code, "chown {}", spec.path);
    return std::unexpected(Error{
        code, fmt::format("Not permitted to chown {} to uid/gid ({}, {}); adjust \"sockchown\" in "
                          "the configuration file, or run as a user who may",
                          spec.path, spec.uid ? static_cast<long>(*spec.uid) : -1L,
                          spec.gid ? static_cast<long>(*spec.gid) : -1L)});
}

// A socket file that is not ready yet; it goes away again when something fails.
class UnfinishedFile {
  public:
    explicit UnfinishedFile(std::string path) : path_(std::move(path)) {}
    ~UnfinishedFile() {
        if (!path_.empty()) unlink(path_.c_str());
    }
    UnfinishedFile(const UnfinishedFile&) = delete;
    UnfinishedFile& operator=(const UnfinishedFile&) = delete;
    void finished() { path_.clear(); }

  private:
    std::string path_;
};

}  // namespace

Result<Listener> listen_unix(const UnixSocketSpec& spec) {
    const bool in_place = spec.existing == UnixSocketSpec::Existing::Replace;
    const std::string name = in_place ? spec.path : fmt::format("{}.{}", spec.path, getpid());
    SVD_TRY(const Address address, address_of(spec.path));
    SVD_TRY(const Address bound_address, address_of(name));

    Listener listener;
    const int flags = SOCK_CLOEXEC | (spec.blocking ? 0 : SOCK_NONBLOCK);
    listener.fd_ = UniqueFd::adopt(socket(AF_UNIX, SOCK_STREAM | flags, 0));
    if (!listener.fd_) return fail_errno(errno, "create a socket");
    const int fd = listener.fd_.get();

    const UniqueFd lock = lock_directory(spec.path);
    SVD_CHECK(clear_the_way(spec, address));
    // The old socket, or one of a server that died in the middle with our pid.
    unlink(name.c_str());
    if (bind(fd, bound_address.get(), sizeof(bound_address.un)) != 0)
        return fail_errno(errno, "bind {}", spec.path);
    UnfinishedFile file(name);
    // Nobody can connect before listen, so the mode is right from the first moment.
    if (spec.mode && chmod(name.c_str(), *spec.mode) != 0)
        return fail_errno(errno, "chmod {}", spec.path);
    SVD_CHECK(give_to_owner(spec, name));
    if (listen(fd, spec.backlog) != 0) return fail_errno(errno, "listen on {}", spec.path);
    struct stat own{};
    if (lstat(name.c_str(), &own) != 0) return fail_errno(errno, "look at {}", name);
    if (!in_place && rename(name.c_str(), spec.path.c_str()) != 0)
        return fail_errno(errno, "rename {} to {}", name, spec.path);
    file.finished();
    listener.path_ = spec.path;
    listener.unlink_ = spec.unlink_at_close;
    listener.device_ = own.st_dev;
    listener.inode_ = own.st_ino;
    return listener;
}

}  // namespace svd::os
