#include "linux/notify.h"

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

#include "support.h"

namespace svd::os::test {
namespace {

// A manager that listens.
class NotifyTest : public testing::Test {
  protected:
    NotifyTest() {
        socket_ = UniqueFd::adopt(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = scratch_ / "notify";
        std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
        EXPECT_EQ(bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
        setenv("NOTIFY_SOCKET", path.c_str(), 1);
    }
    ~NotifyTest() override { unsetenv("NOTIFY_SOCKET"); }
    std::string received() {
        char text[1024];
        const ssize_t n = recv(socket_.get(), text, sizeof(text), 0);
        return n < 0 ? "(nothing)" : std::string(text, static_cast<std::size_t>(n));
    }

    ScratchDirectory scratch_;
    UniqueFd socket_;
};

TEST_F(NotifyTest, Messages_ArriveAsTheProtocolWantsThem) {
    Notifier manager;
    EXPECT_TRUE(manager.is_heard());
    manager.ready("3 of 3 running");
    EXPECT_EQ(received(), fmt::format("READY=1\nMAINPID={}\nSTATUS=3 of 3 running", getpid()));
    manager.stopping("bye");
    EXPECT_EQ(received(), "STOPPING=1\nSTATUS=bye");
    manager.status("a\nREADY=1");
    EXPECT_EQ(received(), "STATUS=a READY=1");
    manager.reloading();
    EXPECT_TRUE(received().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    manager.failed(Error{EADDRINUSE, "cannot bind"});
    EXPECT_EQ(received(), fmt::format("STATUS=cannot bind\nERRNO={}", EADDRINUSE));
    manager.failed(Error{0, "no such option"});
    EXPECT_EQ(received(), "STATUS=no such option");
    manager.extend_timeout(std::chrono::seconds(2));
    EXPECT_EQ(received(), "EXTEND_TIMEOUT_USEC=2000000");
    manager.watchdog();
    EXPECT_EQ(received(), "WATCHDOG=1");
    EXPECT_EQ(received(), "(nothing)");
}

TEST_F(NotifyTest, ManagerThatDoesNotListenForAWhile_MissesOldStatusesOnly) {
    Notifier manager;
    int fitting = 0;
    while (manager.flush()) manager.status(std::to_string(fitting++));
    for (const auto* status : {"a", "b"}) manager.status(status);
    manager.watchdog();
    manager.stopping("c");
    manager.status("d");
    manager.status("e");
    EXPECT_FALSE(manager.flush());
    for (int i = 0; i < fitting - 1; ++i) EXPECT_EQ(received(), fmt::format("STATUS={}", i));
    EXPECT_TRUE(manager.flush());
    EXPECT_EQ(received(), "STOPPING=1\nSTATUS=c");
    EXPECT_EQ(received(), "STATUS=e");
    EXPECT_EQ(received(), "(nothing)");
}

TEST_F(NotifyTest, ManagerThatIsGone_IsNoTrouble) {
    Notifier manager;
    socket_.reset();
    manager.ready("x");
    EXPECT_TRUE(manager.flush());
}

TEST_F(NotifyTest, AbstractAddress_IsReached) {
    socket_ = UniqueFd::adopt(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const std::string name = fmt::format("svd-notify-test-{}", getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    ASSERT_EQ(bind(socket_.get(), reinterpret_cast<sockaddr*>(&address),
                   static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())),
              0);
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
    Notifier().status("x");
    EXPECT_EQ(received(), "STATUS=x");
}

TEST_F(NotifyTest, WithoutAManager_NothingHappens) {
    unsetenv("NOTIFY_SOCKET");
    Notifier manager;
    EXPECT_FALSE(manager.is_heard());
    manager.ready("x");
    EXPECT_EQ(received(), "(nothing)");
}

TEST(Watchdog, Interval_IsHalfOfWhatWasAskedFor) {
    EXPECT_EQ(watchdog_interval(), std::nullopt);
    setenv("WATCHDOG_USEC", "3000000", 1);
    EXPECT_EQ(watchdog_interval(), std::chrono::milliseconds(1500));
    setenv("WATCHDOG_PID", "1", 1);
    EXPECT_EQ(watchdog_interval(), std::nullopt);
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

}  // namespace
}  // namespace svd::os::test
