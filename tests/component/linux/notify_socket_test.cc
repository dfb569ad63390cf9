#include "linux/notify_socket.h"

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

#include "support.h"

namespace svd::os::test {
namespace {

// One message to an address, with descriptors. False when the kernel refuses it.
bool send_to(const std::string& address, std::string_view text, const std::vector<int>& fds = {}) {
    const auto sender = UniqueFd::adopt(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path + 1, address.data() + 1, address.size() - 1);
    iovec bytes{const_cast<char*>(text.data()), text.size()};
    msghdr header{};
    header.msg_name = &name;
    header.msg_namelen = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    std::vector<char> control(CMSG_SPACE(sizeof(int) * fds.size()));
    if (!fds.empty()) {
        header.msg_control = control.data();
        header.msg_controllen = control.size();
        cmsghdr* part = CMSG_FIRSTHDR(&header);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
        std::memcpy(CMSG_DATA(part), fds.data(), sizeof(int) * fds.size());
    }
    return sendmsg(sender.get(), &header, 0) == static_cast<ssize_t>(text.size());
}

TEST(NotifySocket, Message_ComesWithItsSender) {
    auto socket = NotifySocket::open().value();
    EXPECT_EQ(socket.address().substr(0, 12), "@svd/notify/");
    EXPECT_FALSE(socket.receive());
    ASSERT_TRUE(send_to(socket.address(), "READY=1\nSTATUS=x"));
    const auto message = socket.receive();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->text, "READY=1\nSTATUS=x");
    EXPECT_EQ(message->pid, getpid());
    EXPECT_EQ(message->uid, getuid());
    EXPECT_FALSE(has_exited(*message));
    EXPECT_FALSE(socket.receive());
}

TEST(NotifySocket, SenderThatHasEnded_IsKnownAsSuch) {
    auto socket = NotifySocket::open().value();
    EXPECT_EQ(in_own_process([&] { return send_to(socket.address(), "READY=1") ? 0 : 1; }), 0);
    const auto message = socket.receive();
    ASSERT_TRUE(message);
    EXPECT_NE(message->pid, getpid());
    EXPECT_EQ(has_exited(*message), static_cast<bool>(message->pidfd));
}

TEST(NotifySocket, AnotherUser_MaySend) {
    if (getuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    auto socket = NotifySocket::open().value();
    EXPECT_EQ(in_own_process(
                  [&] { return become_nobody() && send_to(socket.address(), "READY=1") ? 0 : 1; }),
              0);
    EXPECT_EQ(socket.receive()->uid, kNobody);
}

TEST(NotifySocket, TooLongOrWithNul_IsEmpty) {
    auto socket = NotifySocket::open().value();
    const std::string longest(NotifySocket::kLongest, 'x');
    ASSERT_TRUE(send_to(socket.address(), longest));
    EXPECT_EQ(socket.receive()->text, longest);
    ASSERT_TRUE(send_to(socket.address(), longest + "x"));
    EXPECT_EQ(socket.receive()->text, "");
    ASSERT_TRUE(send_to(socket.address(), std::string_view("READY=1\0X", 9)));
    EXPECT_EQ(socket.receive()->text, "");
    ASSERT_TRUE(send_to(socket.address(), std::string_view("READY=1\0", 8)));
    EXPECT_EQ(socket.receive()->text, "READY=1");
    ASSERT_TRUE(send_to(socket.address(), ""));
    EXPECT_EQ(socket.receive()->text, "");
    EXPECT_FALSE(socket.receive());
}

TEST(NotifySocket, Descriptors_AreOwnedByTheMessage) {
    auto socket = NotifySocket::open().value();
    auto pipe = make_pipe().value();
    ASSERT_TRUE(send_to(socket.address(), "FDSTORE=1",
                        std::vector<int>(253, pipe.write.get())));  // SCM_MAX_FD
    pipe.write.reset();
    auto message = socket.receive();
    ASSERT_EQ(message->fds.size(), 253U);
    EXPECT_NE(fcntl(message->fds[0].get(), F_GETFD) & FD_CLOEXEC, 0);
    ASSERT_EQ(write(message->fds[0].get(), "a", 1), 1);
    message.reset();
    char bytes[2];
    EXPECT_EQ(read(pipe.read.get(), bytes, 2), 1);
    EXPECT_EQ(read(pipe.read.get(), bytes, 1), 0);  // all are closed
}

TEST(NotifySocket, Adopted_HasItsAddressAndItsMessages) {
    auto socket = NotifySocket::open().value();
    const std::string address = socket.address();
    ASSERT_TRUE(send_to(address, "READY=1"));
    auto again = NotifySocket::adopt(duplicate(socket.fd()).value()).value();
    EXPECT_EQ(again.address(), address);
    EXPECT_EQ(again.receive()->text, "READY=1");
    EXPECT_FALSE(NotifySocket::adopt(make_pipe().value().read));
    EXPECT_FALSE(NotifySocket::adopt(UniqueFd::adopt(::socket(AF_UNIX, SOCK_DGRAM, 0))));
}

}  // namespace
}  // namespace svd::os::test
