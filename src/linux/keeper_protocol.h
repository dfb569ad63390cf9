// What a keeper and a successor say to each other: packets on a unix socket. Private to linux/.
//
//   keeper -> successor   a Greeting, with the descriptor of the state when the daemon is gone
//   successor -> keeper   numbers of descriptors, at most kBatch; any number of times
//   keeper -> successor   for each number 1, and the descriptor beside it, or 0
//   successor -> keeper   kSettled alone; the keeper ends
//
// Nothing here allocates or calls the C library, so that the keeper may use it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <sys/socket.h>
#include <sys/uio.h>

#include "linux/raw_syscall.h"

namespace svd::os::detail {

enum class Greeting : std::int32_t { OwnerLives = 1, Here = 2 };
inline constexpr std::size_t kBatch = 128;  // the kernel passes at most 253 at once
inline constexpr std::int32_t kSettled = -1;

struct Packet {
    std::array<std::int32_t, kBatch> words{};
    std::size_t word_count = 0;
    std::array<int, kBatch> descriptors{};
    std::size_t descriptor_count = 0;

    void add(std::int32_t word) { words[word_count++] = word; }
    void attach(int fd) { descriptors[descriptor_count++] = fd; }
};

struct Control {
    alignas(cmsghdr) std::array<unsigned char, CMSG_SPACE(sizeof(int) * kBatch)> bytes{};
};

// Negative: -errno.
inline long send_packet(int socket, Packet& packet) noexcept {
    Control control;
    iovec part{packet.words.data(), packet.word_count * sizeof(std::int32_t)};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (packet.descriptor_count > 0) {
        header.msg_control = control.bytes.data();
        header.msg_controllen = CMSG_SPACE(sizeof(int) * packet.descriptor_count);
        cmsghdr* first = CMSG_FIRSTHDR(&header);
        first->cmsg_level = SOL_SOCKET;
        first->cmsg_type = SCM_RIGHTS;
        first->cmsg_len = CMSG_LEN(sizeof(int) * packet.descriptor_count);
        auto* numbers = reinterpret_cast<int*>(CMSG_DATA(first));
        for (std::size_t i = 0; i < packet.descriptor_count; ++i)
            numbers[i] = packet.descriptors[i];
    }
    return raw_syscall(SYS_sendmsg, socket, &header, MSG_NOSIGNAL);
}

// The bytes of the packet, 0 at the end of the connection, or -errno. What came is the caller's.
inline long receive_packet(int socket, Packet& packet) noexcept {
    Control control;
    iovec part{packet.words.data(), sizeof packet.words};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.bytes.data();
    header.msg_controllen = control.bytes.size();
    const long got = raw_syscall(SYS_recvmsg, socket, &header, MSG_CMSG_CLOEXEC);
    packet.word_count = got > 0 ? static_cast<std::size_t>(got) / sizeof(std::int32_t) : 0;
    packet.descriptor_count = 0;
    if (got < 0) return got;
    const cmsghdr* first = CMSG_FIRSTHDR(&header);
    if (first == nullptr || first->cmsg_level != SOL_SOCKET || first->cmsg_type != SCM_RIGHTS)
        return got;
    const std::size_t count = (first->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    const auto* numbers = reinterpret_cast<const int*>(CMSG_DATA(first));
    for (std::size_t i = 0; i < count; ++i) packet.attach(numbers[i]);
    return got;
}

}  // namespace svd::os::detail
