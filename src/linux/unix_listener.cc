// listen_unix: taking a path over without a moment in which two servers could both think it theirs.
#include <cstddef>
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

#include "base/strings.h"
#include "linux/sockets.h"

namespace svd::os {
namespace {

constexpr int kLockTries = 200;
constexpr long kLockPauseNs = 10'000'000;

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
int type_of(SocketKind kind) {
    switch (kind) {
        case SocketKind::Datagram:
            return SOCK_DGRAM;
        case SocketKind::SeqPacket:
            return SOCK_SEQPACKET;
        case SocketKind::Stream:
            break;
    }
    return SOCK_STREAM;
}

Result<UniqueFd> make_socket(const UnixSocketSpec& spec) {
    const int flags = SOCK_CLOEXEC | (spec.blocking ? 0 : SOCK_NONBLOCK);
    auto fd = UniqueFd::adopt(socket(AF_UNIX, type_of(spec.kind) | flags, 0));
    if (!fd) return fail_errno(errno, "create a socket");
    return fd;
}

Status listen_if_streams(int fd, const UnixSocketSpec& spec) {
    if (spec.kind == SocketKind::Datagram || listen(fd, spec.backlog) == 0) return {};
    return fail_errno(errno, "listen on {}", spec.path);
}

Result<Address> address_of(const std::string& path) {
    Address address;
    address.un.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.un.sun_path)) return fail("AF_UNIX path too long");
    std::memcpy(address.un.sun_path, path.data(), path.size());
    return address;
}

// Somebody listens. A full queue counts: the server is busy, not dead.
Result<bool> is_live(SocketKind kind, const Address& address) {
    const auto probe =
        UniqueFd::adopt(socket(AF_UNIX, type_of(kind) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
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
    SVD_TRY(const bool live, is_live(spec.kind, address));
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
    if (code != EPERM || spec.in_place) return fail_errno(code, "chown {}", spec.path);
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

// Nothing is left behind there, so nothing has to be cleared away.
Result<UniqueFd> bind_abstract(const UnixSocketSpec& spec) {
    SVD_TRY(Address address, address_of(spec.path));
    address.un.sun_path[0] = '\0';
    SVD_TRY(UniqueFd fd, make_socket(spec));
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + spec.path.size());
    if (bind(fd.get(), address.get(), size) != 0) return fail_errno(errno, "bind {}", spec.path);
    SVD_CHECK(listen_if_streams(fd.get(), spec));
    return fd;
}

}  // namespace

Result<Listener> listen_unix(const UnixSocketSpec& spec) {
    if (spec.path.starts_with('@')) {
        SVD_TRY(UniqueFd fd, bind_abstract(spec));
        return Listener::take_up(std::move(fd));
    }
    const std::string name = spec.in_place ? spec.path : fmt::format("{}.{}", spec.path, getpid());
    SVD_TRY(const Address address, address_of(spec.path));
    SVD_TRY(const Address bound_address, address_of(name));

    Listener listener;
    SVD_TRY(listener.fd_, make_socket(spec));
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
    SVD_CHECK(listen_if_streams(fd, spec));
    if (spec.kind == SocketKind::Datagram) listener.mark_ = KeptMark(fd);
    struct stat own{};
    if (lstat(name.c_str(), &own) != 0) return fail_errno(errno, "look at {}", name);
    if (!spec.in_place && rename(name.c_str(), spec.path.c_str()) != 0)
        return fail_errno(errno, "rename {} to {}", name, spec.path);
    file.finished();
    listener.path_ = spec.path;
    listener.unlink_ = spec.unlink_at_close;
    listener.device_ = own.st_dev;
    listener.inode_ = own.st_ino;
    return listener;
}

}  // namespace svd::os
