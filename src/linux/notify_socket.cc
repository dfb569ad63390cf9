#include "linux/notify_socket.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <errno.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif
#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif

namespace svd::os {
namespace {

constexpr std::size_t kMostFds = 253;  // SCM_MAX_FD: of one message

Status bind_abstract(int fd, std::string_view name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0)
        return fail_errno(errno, "bind a notify socket");
    return {};
}

Result<std::string> name_of(int fd) {
    sockaddr_un address{};
    socklen_t size = sizeof(address);
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return fail_errno(errno, "look at a notify socket");
    constexpr std::size_t kHead = offsetof(sockaddr_un, sun_path) + 1;
    if (address.sun_family != AF_UNIX || size <= kHead || address.sun_path[0] != '\0')
        return fail("no notify socket");
    return "@" + std::string(address.sun_path + 1, size - kHead);
}

Result<UniqueFd> open_at(std::string_view name) {
    auto fd = UniqueFd::adopt(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return fail_errno(errno, "create a notify socket");
    // Before anybody can send: what comes earlier has no sender.
    const int on = 1;
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) != 0)
        return fail_errno(errno, "ask for the senders of a notify socket");
    ::setsockopt(fd.get(), SOL_SOCKET, SO_PASSPIDFD, &on, sizeof(on));  // since Linux 6.5
    SVD_CHECK(bind_abstract(fd.get(), name));
    return fd;
}

// Takes over every descriptor, whatever becomes of the message. True when there were credentials.
bool take_control(msghdr& header, NotifySocket::Message& message) {
    bool known = false;
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
         part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET) continue;
        const std::size_t size = part->cmsg_len - CMSG_LEN(0);
        const unsigned char* data = CMSG_DATA(part);
        if (part->cmsg_type == SCM_CREDENTIALS && size == sizeof(ucred)) {
            ucred sender{};
            std::memcpy(&sender, data, sizeof(sender));
            message.pid = sender.pid;
            message.uid = sender.uid;
            known = true;
        } else if (part->cmsg_type == SCM_RIGHTS || part->cmsg_type == SCM_PIDFD) {
            for (std::size_t at = 0; at + sizeof(int) <= size; at += sizeof(int)) {
                int fd = -1;
                std::memcpy(&fd, data + at, sizeof(fd));
                auto owned = UniqueFd::adopt(fd);
                if (part->cmsg_type == SCM_PIDFD)
                    message.pidfd = std::move(owned);
                else
                    message.fds.push_back(std::move(owned));
            }
        }
    }
    return known;
}

}  // namespace

Result<NotifySocket> NotifySocket::open() {
    NotifySocket made;
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof(number), 0) != static_cast<ssize_t>(sizeof(number)))
        return fail_errno(errno, "name a notify socket");
    const std::string name = fmt::format("svd/notify/{:016x}", number);
    SVD_TRY(made.fd_, open_at(name));
    made.address_ = "@" + name;
    made.mark_ = KeptMark(made.fd_.get());
    return made;
}

Result<UniqueFd> NotifySocket::open_again(std::string_view address) {
    constexpr std::size_t kLongestName = sizeof(sockaddr_un::sun_path) - 1;
    if (!address.starts_with('@') || address.size() - 1 > kLongestName)
        return fail("no address of a notify socket: {}", address);
    return open_at(address.substr(1));
}

Result<NotifySocket> NotifySocket::adopt(UniqueFd fd) {
    NotifySocket taken;
    SVD_TRY(taken.address_, name_of(fd.get()));
    taken.fd_ = std::move(fd);
    taken.mark_ = KeptMark(taken.fd_.get());
    return taken;
}

std::optional<NotifySocket::Message> NotifySocket::receive() {
    char text[kLongest];
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(int)) +
                                  CMSG_SPACE(sizeof(int) * kMostFds)];
    iovec bytes{text, sizeof(text)};
    msghdr header{};
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
    ssize_t size = 0;
    do {
        size = ::recvmsg(fd_.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (size < 0 && errno == EINTR);
    if (size < 0) return std::nullopt;
    Message message;
    const bool known = take_control(header, message);
    const bool cut = (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    // Programs that count the end of a C string are forgiven, as systemd does.
    if (size > 0 && text[size - 1] == '\0') --size;
    const auto length = static_cast<std::size_t>(size);
    if (known && !cut && std::memchr(text, '\0', length) == nullptr)
        message.text.assign(text, length);
    return message;
}

bool has_exited(const NotifySocket::Message& message) {
    pollfd watched{message.pidfd.get(), POLLIN, 0};
    return message.pidfd && ::poll(&watched, 1, 0) > 0;
}

}  // namespace svd::os
