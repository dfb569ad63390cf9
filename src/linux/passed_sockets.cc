#include "linux/passed_sockets.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "linux/manager_variables.h"

namespace svd::os {
namespace {

constexpr int kFirstPassed = 3;  // SD_LISTEN_FDS_START
constexpr std::uint64_t kMaxPassed = 4096;

union AnyAddress {
    sockaddr any;
    sockaddr_un un;
    sockaddr_in in;
    sockaddr_in6 in6;
};

// Its size, 0 for what is no socket.
socklen_t read_address(int fd, AnyAddress& address) {
    socklen_t size = sizeof(address);
    if (::getsockname(fd, &address.any, &size) != 0) return 0;
    return std::min<socklen_t>(size, sizeof(address));  // the kernel says how much it would be
}

bool has_option(int fd, int option, int wanted) {
    int value = 0;
    socklen_t size = sizeof(value);
    return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

bool is_listening_stream(int fd) {
    return has_option(fd, SO_TYPE, SOCK_STREAM) && has_option(fd, SO_ACCEPTCONN, 1);
}

// Of a unix socket; an abstract one begins with a NUL.
std::string unix_path(const sockaddr_un& address, socklen_t size) {
    const std::size_t length = size - offsetof(sockaddr_un, sun_path);
    std::string path(address.sun_path, length);
    if (!path.empty() && path.front() != '\0') path.resize(::strnlen(path.c_str(), length));
    return path;
}

std::string address_of(int fd) {
    AnyAddress address{};
    const socklen_t size = read_address(fd, address);
    if (size == 0) return fmt::format("descriptor {}", fd);
    char text[INET6_ADDRSTRLEN] = "";
    switch (address.any.sa_family) {
        case AF_UNIX:
            return unix_path(address.un, size);
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
    PassedSockets passed;
    const auto pid = manager_number("LISTEN_PID");
    const auto count = manager_number("LISTEN_FDS");
    if (!pid || !is_own_pid(*pid) || !count || *count > kMaxPassed) return passed;
    for (int i = 0; i < static_cast<int>(*count); ++i)
        passed.sockets_.push_back({kFirstPassed + i});
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
        AnyAddress address{};
        const socklen_t size = read_address(fd, address);
        return size != 0 && address.any.sa_family == AF_UNIX && is_listening_stream(fd) &&
               unix_path(address.un, size) == path;
    });
}

Result<Listener> PassedSockets::listen_tcp(std::uint16_t port) {
    return listen([&](int fd) {
        AnyAddress address{};
        if (read_address(fd, address) == 0 || !is_listening_stream(fd)) return false;
        if (address.any.sa_family == AF_INET) return ntohs(address.in.sin_port) == port;
        return address.any.sa_family == AF_INET6 && ntohs(address.in6.sin6_port) == port;
    });
}

std::vector<std::string> PassedSockets::unused() const {
    std::vector<std::string> addresses;
    for (const auto& socket : sockets_)
        if (!socket.used) addresses.push_back(address_of(socket.fd));
    return addresses;
}

}  // namespace svd::os
