#include "linux/passed_sockets.h"

#include <cerrno>
#include <cstddef>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

namespace svd::os {
namespace {

constexpr int kListening = 1;

std::string address_of(int fd) {
    union {
        sockaddr any;
        sockaddr_un un;
        sockaddr_in in;
        sockaddr_in6 in6;
    } address{};
    socklen_t size = sizeof(address);
    if (::getsockname(fd, &address.any, &size) != 0) return fmt::format("descriptor {}", fd);
    char text[INET6_ADDRSTRLEN] = "";
    switch (address.any.sa_family) {
        case AF_UNIX:
            return std::string(address.un.sun_path, size - offsetof(sockaddr_un, sun_path));
        case AF_INET:
            ::inet_ntop(AF_INET, &address.in.sin_addr, text, sizeof(text));
            return fmt::format("{}:{}", text, ntohs(address.in.sin_port));
        case AF_INET6:
            ::inet_ntop(AF_INET6, &address.in6.sin6_addr, text, sizeof(text));
            return fmt::format("[{}]:{}", text, ntohs(address.in6.sin6_port));
        default:
            return fmt::format("descriptor {}", fd);
    }
}

}  // namespace

PassedSockets PassedSockets::find() {
    constexpr int kKeepEnvironment = 0;
    PassedSockets passed;
    const int count = ::sd_listen_fds(kKeepEnvironment);
    for (int i = 0; i < count; ++i) {
        const int fd = SD_LISTEN_FDS_START + i;
        ::fcntl(fd, F_SETFD, 0);  // sd_listen_fds has set FD_CLOEXEC
        passed.sockets_.push_back({fd});
    }
    return passed;
}

template <class Matches>
Result<Listener> PassedSockets::listen(Matches matches) {
    for (auto& socket : sockets_) {
        if (!matches(socket.fd)) continue;
        SVD_TRY(auto fd, duplicate(socket.fd));
        socket.used = true;
        return Listener::adopt(std::move(fd));
    }
    return Listener();
}

Result<Listener> PassedSockets::listen_unix(const std::string& path) {
    return listen([&](int fd) {
        return ::sd_is_socket_unix(fd, SOCK_STREAM, kListening, path.c_str(), 0) > 0;
    });
}

Result<Listener> PassedSockets::listen_tcp(std::uint16_t port) {
    return listen([&](int fd) {
        return ::sd_is_socket_inet(fd, AF_UNSPEC, SOCK_STREAM, kListening, port) > 0;
    });
}

std::vector<std::string> PassedSockets::unused() const {
    std::vector<std::string> addresses;
    for (const auto& socket : sockets_)
        if (!socket.used) addresses.push_back(address_of(socket.fd));
    return addresses;
}

}  // namespace svd::os
