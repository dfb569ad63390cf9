#include "log/datagram.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace svd::log {

Result<UniqueFd> connect_datagram(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) return fail_errno(ENAMETOOLONG, "{}", path);
    std::memcpy(address.sun_path, path.c_str(), path.size());
    auto fd = UniqueFd::adopt(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return fail_errno(errno, "create a socket");
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        return fail_errno(errno, "connect to {}", path);
    return fd;
}

bool is_receiver_gone(int error) {
    return error == ECONNREFUSED || error == ENOTCONN || error == ECONNRESET || error == EPIPE ||
           error == EDESTADDRREQ || error == EBADF;
}

}  // namespace svd::log
