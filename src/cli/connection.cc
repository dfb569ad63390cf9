#include "cli/connection.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "cli/interrupt.h"

namespace svd::cli {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

// Sockets are non-blocking so that connecting is bounded and Ctrl-C ends every wait.
Result<UniqueFd> make_socket(int family) {
    auto fd = UniqueFd::adopt(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return fail_errno(errno, "socket");
    return fd;
}

Status wait_connected(int fd) {
    pollfd one{.fd = fd, .events = POLLOUT, .revents = 0};
    SVD_TRY(const int ready, wait_for({&one, 1}, kConnectTimeout));
    if (ready == 0) return fail_errno(ETIMEDOUT, "connect");
    int code = 0;
    socklen_t size = sizeof code;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size);
    if (code != 0) return fail_errno(code, "connect");
    return {};
}

Status connect_to(int fd, const sockaddr* address, socklen_t size) {
    if (connect(fd, address, size) == 0) return {};
    const int code = errno;
    // EAGAIN: the backlog of a unix socket is full, and there is nothing to wait on but time.
    if (code == EINPROGRESS || code == EINTR) return wait_connected(fd);
    return fail_errno(code, "connect");
}

Status connect_unix(int fd, const sockaddr_un& address) {
    constexpr std::chrono::milliseconds kPause{20};
    for (auto waited = std::chrono::milliseconds{0}; waited < kConnectTimeout; waited += kPause) {
        const auto done =
            connect_to(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        if (done || done.error().code != EAGAIN) return done;
        SVD_TRY([[maybe_unused]] const int ready, wait_for({}, kPause));
    }
    return fail_errno(ETIMEDOUT, "connect");
}

Result<UniqueFd> open_unix(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return fail_errno(ENAMETOOLONG, "connect");
    std::memcpy(address.sun_path, path.data(), path.size());
    SVD_TRY(auto fd, make_socket(AF_UNIX));
    SVD_CHECK(connect_unix(fd.get(), address));
    return fd;
}

Result<AddressList> resolve(const Endpoint& endpoint) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int code = getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &found);
    if (code != 0) return fail("cannot resolve {}: {}", endpoint.host, gai_strerror(code));
    return AddressList(found, freeaddrinfo);
}

Result<UniqueFd> open_tcp(const Endpoint& endpoint) {
    SVD_TRY(const auto addresses, resolve(endpoint));
    Result<UniqueFd> last = fail("no address for {}", endpoint.host);
    for (const auto* it = addresses.get(); it; it = it->ai_next) {
        last = make_socket(it->ai_family);
        if (!last) continue;
        const auto done = connect_to(last->get(), it->ai_addr, it->ai_addrlen);
        if (done) return last;
        last = std::unexpected(done.error());
        if (done.error().code == EINTR) break;
    }
    return last;
}

}  // namespace

Result<Connection> Connection::open(const Endpoint& endpoint) {
    if (endpoint.transport == Transport::Unix) {
        SVD_TRY(auto fd, open_unix(endpoint.path));
        return Connection(std::move(fd));
    }
    SVD_TRY(auto fd, open_tcp(endpoint));
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Answers may take as long as a program takes to stop; only a dead peer ends the wait.
    setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    return Connection(std::move(fd));
}

Status Connection::send_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (const int code = errno; code != EAGAIN && code != EINTR)
            return fail_errno(code, "send");
        pollfd one{.fd = fd_.get(), .events = POLLOUT, .revents = 0};
        SVD_TRY([[maybe_unused]] const int ready, wait_for({&one, 1}));
    }
    return {};
}

Result<std::size_t> Connection::receive(std::span<char> buffer) {
    for (;;) {
        const auto got = recv(fd_.get(), buffer.data(), buffer.size(), 0);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (const int code = errno; code != EAGAIN && code != EINTR)
            return fail_errno(code, "receive");
        SVD_CHECK(wait_readable(fd_.get()));
    }
}

bool Connection::is_idle() const {
    char byte = 0;
    const auto got = recv(fd_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

}  // namespace svd::cli
