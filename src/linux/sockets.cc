#include "linux/sockets.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace svd::os {
namespace {

Result<UniqueFd> inet_socket(int family, const TcpSocketSpec& spec) {
    const int flags = SOCK_CLOEXEC | (spec.blocking ? 0 : SOCK_NONBLOCK);
    const int type = spec.kind == SocketKind::Datagram ? SOCK_DGRAM : SOCK_STREAM;
    auto fd = UniqueFd::adopt(socket(family, type | flags, 0));
    if (!fd) return fail_errno(errno, "create a socket");
    return fd;
}

struct FreeAddresses {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

Result<UniqueFd> bind_tcp(const addrinfo& address, const TcpSocketSpec& spec) {
    SVD_TRY(UniqueFd fd, inet_socket(address.ai_family, spec));
    const int on = 1;
    const bool stream = spec.kind == SocketKind::Stream;
    const auto set = [&](bool wanted, int level, int option) {
        if (wanted) setsockopt(fd.get(), level, option, &on, sizeof(on));
    };
    // For datagrams it would share the port with anybody.
    set(stream, SOL_SOCKET, SO_REUSEADDR);
    set(spec.reuse_port, SOL_SOCKET, SO_REUSEPORT);
    set(spec.free_bind, IPPROTO_IP, IP_FREEBIND);
    set(spec.keep_alive && stream, SOL_SOCKET, SO_KEEPALIVE);
    set(spec.no_delay && stream, IPPROTO_TCP, TCP_NODELAY);
    // "::" must not take IPv4 too: a second listener for it would fail or not, by a sysctl.
    if (address.ai_family == AF_INET6)
        setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(fd.get(), address.ai_addr, address.ai_addrlen) != 0) return fail_errno(errno, "bind");
    if (stream && listen(fd.get(), spec.backlog) != 0) return fail_errno(errno, "listen");
    return fd;
}

// The IPv4 addresses first, else in the resolver's order.
std::vector<const addrinfo*> in_order(const addrinfo* list) {
    std::vector<const addrinfo*> addresses;
    for (; list != nullptr; list = list->ai_next) addresses.push_back(list);
    std::ranges::stable_partition(addresses,
                                  [](const auto* one) { return one->ai_family == AF_INET; });
    return addresses;
}

}  // namespace

// --- Listener -----------------------------------------------------------------------------------
Listener::Listener(Listener&& other) noexcept
    : fd_(std::move(other.fd_)),
      mark_(std::move(other.mark_)),
      path_(std::move(other.path_)),
      unlink_(std::exchange(other.unlink_, false)),
      device_(other.device_),
      inode_(other.inode_) {}

Listener& Listener::operator=(Listener&& other) noexcept {
    if (this != &other) {
        close();
        fd_ = std::move(other.fd_);
        mark_ = std::move(other.mark_);
        path_ = std::move(other.path_);
        unlink_ = std::exchange(other.unlink_, false);
        device_ = other.device_;
        inode_ = other.inode_;
    }
    return *this;
}

namespace {
Result<bool> listens(int fd) {
    int listening = 0;
    socklen_t size = sizeof(listening);
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0)
        return fail_errno(errno, "adopt descriptor {}", fd);
    return listening != 0;
}
}  // namespace

Result<Listener> Listener::adopt(UniqueFd fd, std::string unlink_path) {
    SVD_TRY(const bool listening, listens(fd.get()));
    if (!listening) return fail("descriptor {} is not a listening socket", fd.get());
    SVD_CHECK(set_nonblocking(fd.get()));
    return take_up(std::move(fd), std::move(unlink_path));
}

Result<Listener> Listener::take_up(UniqueFd fd, std::string unlink_path) {
    SVD_TRY(const bool listening, listens(fd.get()));
    if (fcntl(fd.get(), F_SETFD, FD_CLOEXEC) != 0)
        return fail_errno(errno, "adopt descriptor {}", fd.get());
    Listener listener;
    listener.fd_ = std::move(fd);
    if (!listening) listener.mark_ = KeptMark(listener.fd());
    struct stat there{};
    if (!unlink_path.empty() && lstat(unlink_path.c_str(), &there) == 0) {
        listener.unlink_ = true;
        listener.device_ = there.st_dev;
        listener.inode_ = there.st_ino;
    }
    listener.path_ = std::move(unlink_path);
    return listener;
}

void Listener::close() noexcept {
    mark_.reset();
    fd_.reset();
    if (!std::exchange(unlink_, false)) return;
    struct stat there{};
    if (lstat(path_.c_str(), &there) == 0 && there.st_dev == device_ && there.st_ino == inode_)
        unlink(path_.c_str());
}

void Listener::stop_listening() noexcept {
    if (fd_) shutdown(fd_.get(), SHUT_RDWR);
    close();
}

UniqueFd Listener::release() {
    unlink_ = false;
    mark_.reset();
    return std::move(fd_);
}

std::uint16_t Listener::port() const {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    if (!fd_ || getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    if (address.ss_family == AF_INET)
        return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
    if (address.ss_family == AF_INET6)
        return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
    return 0;
}

// --- TCP ----------------------------------------------------------------------------------------
Result<Listener> listen_tcp(const TcpSocketSpec& spec) {
    addrinfo hints{};
    hints.ai_family = spec.host.empty() ? AF_INET : AF_UNSPEC;
    hints.ai_socktype = spec.kind == SocketKind::Datagram ? SOCK_DGRAM : SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    const int r = getaddrinfo(spec.host.empty() ? nullptr : spec.host.c_str(),
                              std::to_string(spec.port).c_str(), &hints, &list);
    if (r == EAI_SYSTEM) return fail_errno(errno, "look up {}", spec.host);
    if (r != 0)  // EAI_ numbers are negative and so never taken for an errno
        return std::unexpected(Error{r, fmt::format("look up {}: {}", spec.host, gai_strerror(r))});
    const std::unique_ptr<addrinfo, FreeAddresses> owner(list);
    Error last{EADDRNOTAVAIL, "no address"};
    for (const addrinfo* address : in_order(list)) {
        auto fd = bind_tcp(*address, spec);
        if (fd) {
            Listener listener;
            listener.fd_ = std::move(*fd);
            if (spec.kind == SocketKind::Datagram) listener.mark_ = KeptMark(listener.fd());
            return listener;
        }
        last = std::move(fd).error();
    }
    return std::unexpected(
        Error{last.code, fmt::format("listen on {}:{}: {}", spec.host, spec.port, last.text)});
}

std::string http_server_failure(const Error& error) {
    if (error.code == EADDRINUSE)
        return "Another program is already listening on a port that one of our HTTP servers is "
               "configured to use.  Shut this program down first before starting supervisord.";
    if (error.text.starts_with("Not permitted to chown")) return error.text;
    const std::string head = "Cannot open an HTTP server: socket.error reported ";
    if (error.code > 0)
        return head + fmt::format("errno.{} ({})", errno_name(error.code), error.code);
    if (error.code < 0) return head + std::to_string(error.code);
    return head + error.text;
}

// --- peers and connections ----------------------------------------------------------------------
Result<Peer> peer_of(int connection) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    if (getpeername(connection, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return fail_errno(errno, "ask for the peer of descriptor {}", connection);
    Peer peer;
    char text[INET6_ADDRSTRLEN] = "";
    if (address.ss_family == AF_INET) {
        const auto* inet = reinterpret_cast<const sockaddr_in*>(&address);
        peer.kind = Peer::Kind::Inet;
        peer.host = inet_ntop(AF_INET, &inet->sin_addr, text, sizeof(text));
        peer.port = ntohs(inet->sin_port);
        peer.loopback = (ntohl(inet->sin_addr.s_addr) >> 24) == 127;
    } else if (address.ss_family == AF_INET6) {
        const auto* inet = reinterpret_cast<const sockaddr_in6*>(&address);
        peer.kind = Peer::Kind::Inet;
        peer.host = inet_ntop(AF_INET6, &inet->sin6_addr, text, sizeof(text));
        peer.port = ntohs(inet->sin6_port);
        peer.loopback = IN6_IS_ADDR_LOOPBACK(&inet->sin6_addr) != 0;
    } else if (address.ss_family == AF_UNIX) {
        ucred credentials{};
        size = sizeof(credentials);
        if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
            return fail_errno(errno, "ask for the peer of descriptor {}", connection);
        peer.pid = credentials.pid;
        peer.uid = credentials.uid;
        peer.gid = credentials.gid;
    } else {
        return fail("descriptor {} has a peer of unknown kind", connection);
    }
    return peer;
}

Result<std::vector<gid_t>> peer_groups(int connection) {
    std::vector<gid_t> groups(64);
    for (;;) {
        auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
        const int r = getsockopt(connection, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
        if (r != 0 && errno != ERANGE)
            return fail_errno(errno, "ask for the groups of the peer of {}", connection);
        groups.resize(size / sizeof(gid_t));  // the real number, also after ERANGE
        if (r == 0) return groups;
    }
}

Accepted accept_connection(int listener) {
    Accepted accepted;
    const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
        accepted.outcome = Accepted::Outcome::Connection;
        accepted.fd = UniqueFd::adopt(fd);
        return accepted;
    }
    accepted.code = errno;
    switch (accepted.code) {
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            accepted.outcome = Accepted::Outcome::Exhausted;
            break;
        case EBADF:
        case EINVAL:
        case ENOTSOCK:
        case EOPNOTSUPP:
        case EFAULT:
            accepted.outcome = Accepted::Outcome::Broken;
            break;
        default:  // EAGAIN, EINTR, and what became of one connection: ECONNABORTED, EPERM, ...
            accepted.outcome = Accepted::Outcome::Nothing;
    }
    return accepted;
}

}  // namespace svd::os
