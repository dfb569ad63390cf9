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
    notify_ready("3 of 3 running");
    EXPECT_EQ(received(), fmt::format("READY=1\nMAINPID={}\nSTATUS=3 of 3 running", getpid()));
    notify_stopping("bye");
    EXPECT_EQ(received(), "STOPPING=1\nSTATUS=bye");
    notify_status("a\nREADY=1");
    EXPECT_EQ(received(), "STATUS=a READY=1");
    notify_reloading();
    EXPECT_TRUE(received().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    notify_failed(Error{EADDRINUSE, "cannot bind"});
    EXPECT_EQ(received(), fmt::format("ERRNO={}\nSTATUS=cannot bind", EADDRINUSE));
    notify_failed(Error{0, "no such option"});
    EXPECT_EQ(received(), "STATUS=no such option");
    notify_extend_timeout(std::chrono::seconds(2));
    EXPECT_EQ(received(), "EXTEND_TIMEOUT_USEC=2000000");
    EXPECT_TRUE(has_service_manager());
}

TEST_F(NotifyTest, WithoutAManager_NothingHappens) {
    unsetenv("NOTIFY_SOCKET");
    notify_ready("x");
    EXPECT_EQ(received(), "(nothing)");
    EXPECT_FALSE(has_service_manager());
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
