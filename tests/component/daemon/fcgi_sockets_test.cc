#include "daemon/fcgi_sockets.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "component/log/scratch.h"
#include "linux/sockets.h"

namespace svd::daemon {
namespace {

using log::test::read_file;
using log::test::Scratch;
using log::test::write_file;
using testing::EndsWith;
using testing::HasSubstr;

config::ProcessConfig process_of(const std::string& program, const std::string& url) {
    config::ProcessConfig config;
    config.name = program + "_0";
    config.program = program;
    config.fcgi_socket = config::FcgiSocket{};
    config.fcgi_socket->url = url;
    return config;
}

bool connects(const std::string& path) {
    const auto fd = UniqueFd::adopt(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

std::string own_path(int fd) {
    sockaddr_un address{};
    socklen_t size = sizeof(address);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return address.sun_path;
}

bool is_socket(const std::string& path) {
    struct stat info{};
    return lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
}

class FastCgiSockets : public testing::Test {
  protected:
    FastCgiSockets() {
        log_.open({.file = std::make_shared<log::RotatingFile>(log_path_, log::FileOptions{},
                                                               MonoTime{})});
    }
    // The messages of the log, without their stamps.
    std::vector<std::string> lines() const {
        std::vector<std::string> found;
        std::istringstream text(read_file(log_path_));
        for (std::string line; std::getline(text, line);) found.push_back(line.substr(24));
        return found;
    }

    Scratch scratch_;
    std::string log_path_ = scratch_ / "main.log";
    std::string path_ = scratch_ / "web.sock";
    std::string url_ = "unix://" + path_;
    log::DaemonLog log_;
    FcgiSockets sockets_{log_};
};

TEST_F(FastCgiSockets, ProcessesOfAProgram_ShareOneAndTheLastOneClosesIt) {
    auto first = sockets_.get(process_of("web", url_)).value();
    auto second = sockets_.get(process_of("web", url_)).value();
    EXPECT_EQ(first, second);
    first.reset();
    EXPECT_TRUE(connects(path_));
    EXPECT_EQ(lines(), std::vector{"INFO Creating socket " + url_});
    second.reset();
    EXPECT_FALSE(is_socket(path_));
    EXPECT_EQ(lines().back(), "INFO Closing socket " + url_);
}

TEST_F(FastCgiSockets, SocketAfterTheLastOne_IsNew) {
    sockets_.get(process_of("web", url_)).value().reset();
    const auto again = sockets_.get(process_of("web", url_)).value();
    EXPECT_TRUE(connects(path_));
    EXPECT_EQ(lines().size(), 3U);
}

TEST_F(FastCgiSockets, InheritedSocket_BlocksInAcceptAndKnowsItsPath) {
    const auto socket = sockets_.get(process_of("web", url_)).value();
    const int fd = descriptor_of(*socket);
    EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    EXPECT_EQ(own_path(fd), path_);
}

TEST_F(FastCgiSockets, ModeAndOwner_AreTheConfiguredOnes) {
    auto config = process_of("web", url_);
    config.fcgi_socket->mode = 0640;
    config.fcgi_socket->owner =
        config::SocketOwner{getuid() == 0 ? uid_t{65534} : getuid(), std::nullopt};
    const auto socket = sockets_.get(config).value();
    struct stat info{};
    ASSERT_EQ(stat(path_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0640U);
    EXPECT_EQ(info.st_uid, *config.fcgi_socket->owner->uid);
    EXPECT_EQ(info.st_gid, getgid());
}

TEST_F(FastCgiSockets, FileInTheWay_IsAnErrorAndStays) {
    write_file(path_, "precious");
    EXPECT_EQ(
        sockets_.get(process_of("web", url_)).error(),
        "Could not create FastCGI socket " + url_ + ": " + path_ + " is not a socket: File exists");
    EXPECT_EQ(read_file(path_), "precious");
}

TEST_F(FastCgiSockets, SocketInTheWay_IsReplaced) {
    os::UnixSocketSpec spec;
    spec.path = path_;
    auto other = os::listen_unix(spec).value();
    const auto socket = sockets_.get(process_of("web", url_)).value();
    other.close();
    EXPECT_TRUE(connects(path_));
}

TEST_F(FastCgiSockets, FailureAfterBind_LeavesNoFile) {
    auto config = process_of("web", url_);
    config.fcgi_socket->owner = config::SocketOwner{uid_t{65534}, std::nullopt};
    if (getuid() == 0) {
        ASSERT_EQ(chmod(scratch_.dir().c_str(), 0777), 0);
        ASSERT_EQ(seteuid(65533), 0);
    }
    const auto socket = sockets_.get(config);
    if (getuid() == 0) {
        ASSERT_EQ(seteuid(0), 0);
    }
    ASSERT_FALSE(socket.has_value());
    EXPECT_THAT(socket.error(), EndsWith("chown " + path_ + ": Operation not permitted"));
    EXPECT_FALSE(is_socket(path_));
}

TEST_F(FastCgiSockets, MissingDirectory_IsAnError) {
    const auto url = "unix://" + (scratch_ / "no") + "/web.sock";
    EXPECT_THAT(sockets_.get(process_of("web", url)).error(),
                EndsWith("No such file or directory"));
    EXPECT_EQ(lines(), std::vector{"INFO Creating socket " + url});
}

TEST_F(FastCgiSockets, TcpPort_IsSharedBusyForOthersAndFreeAfterwards) {
    auto taken = os::listen_tcp({.host = "127.0.0.1"}).value();
    const auto url = "tcp://127.0.0.1:" + std::to_string(taken.port());
    EXPECT_THAT(sockets_.get(process_of("web", url)).error(),
                AllOf(HasSubstr("Could not create FastCGI socket " + url),
                      EndsWith("Address already in use")));
    const std::uint16_t port = taken.port();
    taken.close();
    auto socket = sockets_.get(process_of("web", url)).value();
    EXPECT_EQ(fcntl(descriptor_of(*socket), F_GETFL) & O_NONBLOCK, 0);
    EXPECT_FALSE(os::listen_tcp({.host = "127.0.0.1", .port = port}).has_value());
    socket.reset();
    EXPECT_TRUE(os::listen_tcp({.host = "127.0.0.1", .port = port}).has_value());
}

// A child between clone and exec holds a copy of every descriptor.
TEST_F(FastCgiSockets, CopyInAnotherProcess_DoesNotGoOnListening) {
    auto taken = os::listen_tcp({.host = "127.0.0.1"}).value();
    const std::uint16_t port = taken.port();
    taken.close();
    for (const auto& url : {"tcp://127.0.0.1:" + std::to_string(port), url_}) {
        auto socket = sockets_.get(process_of("web", url)).value();
        const UniqueFd copy = duplicate(descriptor_of(*socket)).value();
        socket.reset();
        EXPECT_LT(accept(copy.get(), nullptr, nullptr), 0) << url;  // would wait for ever
        EXPECT_TRUE(sockets_.get(process_of("web", url)).has_value()) << url;
    }
}

TEST_F(FastCgiSockets, SocketLeftToDescendants_GoesOnListening) {
    auto config = process_of("web", url_);
    config.keep_descendants = true;
    auto socket = sockets_.get(config).value();
    const UniqueFd copy = duplicate(descriptor_of(*socket)).value();
    socket.reset();
    EXPECT_TRUE(os::Listener::adopt(duplicate(copy.get()).value()).has_value());
}

TEST_F(FastCgiSockets, SocketOfAnotherProgram_IsNotTakenAway) {
    const auto first = sockets_.get(process_of("web", url_)).value();
    EXPECT_EQ(sockets_.get(process_of("shop", url_)).error(),
              "Could not create FastCGI socket " + url_ + ": program web has it open");
}

TEST_F(FastCgiSockets, ChangedSettings_WaitForTheLastProcessOfTheOldOnes) {
    auto old = sockets_.get(process_of("web", url_)).value();
    auto changed = process_of("web", url_);
    changed.fcgi_socket->mode = 0600;
    EXPECT_EQ(sockets_.get(changed).error(),
              "Could not create FastCGI socket " + url_ + ": it is still open with other settings");
    old.reset();
    EXPECT_TRUE(sockets_.get(changed).has_value());
}

}  // namespace
}  // namespace svd::daemon
